/* jitmap.h -- How much the runtime had said of its JIT code when a stack was first seen.
 *
 * Code space is used again and the map only grows: of several entries for an address, the time when
 * the address was on a stack selects one. The runtime writes a function's entry before it runs the
 * function, so the size of the map at that moment selects the entries that count. Of a runtime that
 * announces its code (jitcode.h) it is the length of that log, in pieces.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#ifndef TABLES_JITMAP_H
#define TABLES_JITMAP_H

#include <stddef.h>
#include <stdint.h>

#define JITMAP_UNKNOWN 0u         /* the map did not exist, or was not looked at */
#define JITMAP_HUGE    UINT32_MAX /* larger than the largest size that is kept */

/* The length of the log of code, if there is one; else the size of /tmp/perf-PID.map now, when one
 * of the frames lies outside of all modules. Without a map the checks for one become ever rarer.
 * For new stacks only: it may cost a system call. Lock-free, keeps errno, allocates nothing. */
uint32_t jitmap_size(const uintptr_t *frames, unsigned depth);

/* Where the map is, for the process as it sees itself: /tmp/perf-PID.map. */
#define JITMAP_PATH_SIZE 40
void jitmap_path(char path[JITMAP_PATH_SIZE], int pid);

#endif
