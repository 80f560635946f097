/* helper.h -- A thread of ours, for what must be done with the program's own descriptors.
 *
 * The control process has descriptors of its own, so it can neither wake an event loop, which is a
 * write to a descriptor, nor run a collector whose finalizers close files. This thread shares the
 * program's. It is there in Node with its companion, which has threads of its own anyway, and in
 * CPython before 3.12, where a thread that is not Python's changes nothing; and it sleeps until a
 * snapshot asks for it.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#ifndef RUNTIME_HELPER_H
#define RUNTIME_HELPER_H

#include <stdbool.h>

/* Starts the thread if it is not there yet. From a thread of the program, whose descriptors it
 * shares then. False when it cannot be had. */
bool helper_start(void);

/* Ends it; returns when the kernel counts one thread less. */
void helper_stop(void);

/* Wakes it, to look at what members are asked. Any thread. */
void helper_send(void);

bool helper_is_here(void);

/* In a forked child, which has no such thread. */
void helper_forked(void);

#endif
