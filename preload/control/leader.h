/* leader.h -- Does the program still use the memory that the control process shares?
 *
 * The kernel clears a word of glibc's, and wakes a sleeper on it, when the program's main thread
 * gives the memory up: when that thread ends, the program ends, or it executes another program. No
 * signal and no descriptor is needed. Control process only.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#ifndef CONTROL_LEADER_H
#define CONTROL_LEADER_H

#include <stdbool.h>
#include <stdint.h>

/* Begins to watch. WAKE is called, on another thread of the control process, when
 * leader_program_is_here is worth a call. */
void leader_watch(void (*wake)(void));

/* Without the second thread for a while: it would keep credentials that the first one gives up, and
 * the kernel lets only a process of one thread enter a user namespace. */
void leader_rest(void);
void leader_go_on(void);

/* When to look at the latest: CLOCK_MONOTONIC in ns. */
uint64_t leader_deadline(void);

/* False when the program has ended or executes another one. */
bool leader_program_is_here(void);

#endif
