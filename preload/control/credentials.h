/* credentials.h -- The control process adopts the user, groups and user namespace of the program.
 *
 * glibc changes all threads of the program together, and does not know the control process. A
 * process that shares the program's memory must never have more rights than the program: code that
 * takes over the program could use them too.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#ifndef CONTROL_CREDENTIALS_H
#define CONTROL_CREDENTIALS_H

#include <stdbool.h>
#include <sys/types.h>

/* Reads the credentials that THREAD of the program has now. *user and *group are those that it can
 * return to (the saved ones). False when they cannot be read. All of these are for the control
 * process only. */
bool credentials_read(pid_t thread, uid_t *user, gid_t *group);

/* Adopts the credentials that were read. False when that failed and the caller has rights that the
 * thread lacks. */
bool credentials_follow(void);

#endif
