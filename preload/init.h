/* init.h -- Order of birth and death of the shim in a process.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#ifndef INIT_H
#define INIT_H

/* Writes the exit snapshot if it is wanted and has not been written; from exit handlers, _exit. */
void init_at_exit(void);

/* An exit handler: the program has begun to exit and stderr is still what it was. */
void init_exit_begins(void *nothing);

#endif
