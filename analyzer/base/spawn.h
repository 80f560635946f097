/* spawn.h -- Starting another program, without a shell and without input.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#ifndef ANALYZER_BASE_SPAWN_H
#define ANALYZER_BASE_SPAWN_H

#include <stdbool.h>
#include <sys/types.h>

#define SPAWN_NOWHERE (-1) /* /dev/null */

/* Starts PROGRAM, found by PATH, with no signal blocked; its stdout and stderr go to these
 * descriptors. 0 with errno set when it cannot be started. */
pid_t spawn_start(char *const *program, int output, int errors);

/* Waits until it ends. True when it ended with 0. */
bool spawn_wait(pid_t pid);

/* Starts PROGRAM in a session of its own, with no output and as no child of this process. Its
 * success is not known. */
void spawn_detached(char *const *program);

#endif
