/* helper.h -- A thread of ours, for work that needs the program's own descriptors.
 *
 * The control process has descriptors of its own, so it can neither wake an event loop, which takes
 * a write to a descriptor, nor run a collector whose finalizers close files. This thread shares the
 * program's descriptors. It exists in Node with its companion, which has threads of its own anyway,
 * and in CPython before 3.12, where a foreign thread changes nothing. It sleeps until a snapshot
 * needs it.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#ifndef RUNTIME_HELPER_H
#define RUNTIME_HELPER_H

#include <stdbool.h>

/* Starts the thread if it does not run yet. Call from a thread of the program, whose descriptors it
 * then shares. False when it cannot be started. */
bool helper_start(void);

/* Ends it; returns when the kernel counts one thread less. */
void helper_stop(void);

/* Wakes it to check for requests to members. Any thread. */
void helper_send(void);

bool helper_is_here(void);

/* In a forked child, which has no such thread. */
void helper_forked(void);

#endif
