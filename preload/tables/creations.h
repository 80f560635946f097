/* creations.h -- Which code created which thread.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#ifndef TABLES_CREATIONS_H
#define TABLES_CREATIONS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct creation {
    uintptr_t thread; /* pthread_t: the thread's pointer, which lies in its stack */
    uint32_t stack;   /* of the call that created it */
    uint32_t epoch;
};

/* A thread was created, with the stack that glibc has given it. glibc hands out the address again
 * when it is done with the thread; the last creation counts. STACK 0 forgets the address. Takes a
 * lock for a short while. */
void creations_note(uintptr_t thread, uint32_t stack);

/* Forgets all: in a forked child the threads are gone. */
void creations_forget(void);

/* Copies all creations, by rising address, into memory of the private jemalloc (memory_free).
 * Returns how many; *copy is NULL when there are none or no memory. Control process only. */
size_t creations_copy(struct creation **copy);

/* Held over a fork, so that the child finds the table whole. False when the caller is a signal
 * handler that interrupted the lock's owner. */
bool creations_lock(void);
void creations_unlock(void);

/* False when the lock is held by the calling thread itself; see lock_settles. */
bool creations_settles(void);

#endif
