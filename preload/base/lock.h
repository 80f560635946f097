/* lock.h -- A small lock for slow paths: a futex, no owner, nothing to initialise.
 *
 * Never held across an unwind, a call into the program, or a call that may allocate.
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

static inline void lock_take(struct lock *lock)
{
    if (lock_try(lock))
        return;
    int saved = errno;
    while (atomic_exchange_explicit(&lock->state, 2, memory_order_acquire) != 0)
        syscall(SYS_futex, &lock->state, FUTEX_WAIT_PRIVATE, 2, NULL, NULL, 0);
    errno = saved;
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
