/* init.h -- Start and end of the shim in a process.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#ifndef LIFE_INIT_H
#define LIFE_INIT_H

#include <stdbool.h>

/* Writes the exit snapshot if it is wanted and has not been written. orderly: from an exit handler;
 * else from _exit, perhaps in a signal handler. */
void init_at_exit(bool orderly);

/* Is the caller another process that shares the memory of the recorded one: a child of vfork? */
bool init_is_shared(void);

/* An exit handler: the program has begun to exit, and stderr has not been changed yet. */
void init_exit_begins(void *nothing);

#endif
