/* lock.h -- A small lock for slow paths: a futex, no owner, nothing to initialise.
 *
 * Never held across an unwind, a call into the program, or a call that may allocate. In a copy of
 * the process that we do not know of its holder may not exist: there nobody waits (origin.h).
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#ifndef BASE_LOCK_H
#define BASE_LOCK_H

#include <errno.h>
#include <linux/futex.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stdint.h>
#include <sys/syscall.h>
#include <time.h>
#include <unistd.h>

#include "base/origin.h"

/* 0 free, 1 held, 2 held and somebody waits (Drepper, "Futexes Are Tricky", mutex 2). */
struct lock {
    _Atomic uint32_t state;
};

static inline bool lock_try(struct lock *lock)
{
    uint32_t free = 0;
    return atomic_compare_exchange_strong_explicit(&lock->state, &free, 1, memory_order_acquire,
                                                   memory_order_relaxed);
}

/* Sleeps while the word has this value. May return early: a wait with an end is what a signal
 * interrupts, and its handler may have made a copy, in which nobody will wake us. */
static inline void lock_wait(_Atomic uint32_t *word, uint32_t value)
{
    const struct timespec slice = {60, 0};
    int saved = errno;
    syscall(SYS_futex, word, FUTEX_WAIT_PRIVATE, value, &slice, NULL, 0);
    errno = saved;
}

/* False: this is a copy of the process, and what the lock protects may be half changed. */
static inline __attribute__((warn_unused_result)) bool lock_take(struct lock *lock)
{
    if (lock_try(lock))
        return true;
    while (atomic_exchange_explicit(&lock->state, 2, memory_order_acquire) != 0) {
        if (!origin_is_here())
            return false;
        lock_wait(&lock->state, 2);
    }
    return true;
}

/* For our own threads, which no copy has, and over a fork, after which a copy touches nothing. */
static inline void lock_hold(struct lock *lock)
{
    bool taken = lock_take(lock);
    (void)taken;
}

static inline void lock_give(struct lock *lock)
{
    if (atomic_exchange_explicit(&lock->state, 0, memory_order_release) != 2)
        return;
    int saved = errno;
    syscall(SYS_futex, &lock->state, FUTEX_WAKE_PRIVATE, 1, NULL, NULL, 0);
    errno = saved;
}

/* Whether the lock can be had within a second: false means that its holder will not go on, for it
 * is the caller itself, interrupted by a signal. */
static inline bool lock_settles(struct lock *lock)
{
    const struct timespec slice = {0, 10000000};
    for (int turn = 0; turn < 100; turn++) {
        if (atomic_exchange_explicit(&lock->state, 2, memory_order_acquire) == 0) {
            lock_give(lock);
            return true;
        }
        syscall(SYS_futex, &lock->state, FUTEX_WAIT_PRIVATE, 2, &slice, NULL, 0);
    }
    return false;
}

#endif
