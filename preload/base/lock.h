/* lock.h -- A small lock for slow paths: a futex with an owner, without initialisation.
 *
 * It is never held across an unwind, a call into the program, or a call that may allocate. A plain
 * lock would wait for ever in three cases:
 * - In a copy of the process that was made past the fork handlers, the owner may not exist
 *   (origin.h): the copy does not wait.
 * - A signal handler may have interrupted the owner: lock_take fails at once.
 * - The control process may be killed while it holds the lock: the next waiter takes it over.
 * After the program has installed a seccomp filter no thread sleeps in the kernel (sandbox.h): a
 * thread of the program tries for a while and then goes on without the lock.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#ifndef BASE_LOCK_H
#define BASE_LOCK_H

#include <stdatomic.h>
#include <stdbool.h>
#include <stdint.h>
#include <sys/types.h>

/* 0 free, 1 held, 2 held with waiters (Drepper, "Futexes Are Tricky", mutex 2). The owner is a
 * thread pointer; it is 0 while the lock is free. */
struct lock {
    _Atomic uint32_t state;
    _Atomic uintptr_t owner;
};

/* Sleeps while the word has this value, for a tenth of a second at most. Keeps errno. Returns at
 * once under a seccomp filter. */
void lock_wait(_Atomic uint32_t *word, uint32_t value);
void lock_wake(_Atomic uint32_t *word);

/* The control process's thread pointer, and the word that is 0 when it has ended. */
void lock_set_other(uintptr_t pointer, const _Atomic pid_t *id);

/* Whether the caller is the control process. */
bool lock_is_other(void);

bool lock_take_slow(struct lock *lock);

static inline uintptr_t lock_self(void)
{
    return (uintptr_t)__builtin_thread_pointer();
}

static inline bool lock_try(struct lock *lock)
{
    uint32_t free = 0;
    if (!atomic_compare_exchange_strong_explicit(&lock->state, &free, 1, memory_order_acquire,
                                                 memory_order_relaxed))
        return false;
    atomic_store_explicit(&lock->owner, lock_self(), memory_order_relaxed);
    return true;
}

/* False: the lock cannot be had, now or ever; see above. */
static inline __attribute__((warn_unused_result)) bool lock_take(struct lock *lock)
{
    return lock_try(lock) || lock_take_slow(lock);
}

static inline void lock_give(struct lock *lock)
{
    atomic_store_explicit(&lock->owner, 0, memory_order_relaxed);
    if (atomic_exchange_explicit(&lock->state, 0, memory_order_release) == 2)
        lock_wake(&lock->state);
}

/* For our own threads, which no copy has. */
static inline void lock_hold(struct lock *lock)
{
    bool taken = lock_take(lock);
    (void)taken;
}

/* Whether the lock can be had: false means that its owner will not go on, for it is the caller
 * itself, interrupted by a signal. */
static inline bool lock_settles(struct lock *lock)
{
    bool taken = lock_take(lock);
    if (taken)
        lock_give(lock);
    return taken;
}

#endif
