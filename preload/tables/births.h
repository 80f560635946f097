/* births.h -- Which code created which thread.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#ifndef TABLES_BIRTHS_H
#define TABLES_BIRTHS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct birth {
    uintptr_t thread; /* pthread_t: the thread's pointer, which lies in its stack */
    uint32_t stack;   /* of the call that created it */
    uint32_t epoch;
};

/* A thread was created, with the stack that glibc has given it. glibc hands out the address again
 * when it is done with the thread; the last birth counts. STACK 0 forgets the address. Takes a lock
 * for a short while. */
void births_note(uintptr_t thread, uint32_t stack);

/* Forgets all: in a forked child the threads are gone. */
void births_forget(void);

/* Copies all births, by rising address, into memory of the private jemalloc (memory_free). Returns
 * how many; *copy is NULL when there are none or no memory. Control process only. */
size_t births_copy(struct birth **copy);

/* Held over a fork, so that the child finds the table whole. False when the caller is a signal
 * handler that interrupted the lock's owner. */
bool births_lock(void);
void births_unlock(void);

/* False when the lock is held by the calling thread itself; see lock_settles. */
bool births_settles(void);

#endif
