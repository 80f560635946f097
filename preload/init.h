/* init.h -- Order of birth and death of the shim in a process.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#ifndef INIT_H
#define INIT_H

/* Writes the exit snapshot if it is wanted and has not been written; from exit handlers, _exit. */
void init_at_exit(void);

#endif
