/* lock.c -- A small lock for slow paths: the cases in which it is not free.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include "base/lock.h"

#include <errno.h>
#include <limits.h>
#include <linux/futex.h>
#include <stddef.h>
#include <sys/syscall.h>
#include <time.h>
#include <unistd.h>

#include "base/origin.h"
#include "base/sandbox.h"

#define SPINS 100000 /* under a seccomp filter: some milliseconds */

static _Atomic uintptr_t other;           /* the control process's thread pointer */
static const _Atomic pid_t *_Atomic here; /* its id */

void lock_set_other(uintptr_t pointer, const _Atomic pid_t *id)
{
    atomic_store(&here, id);
    atomic_store(&other, pointer);
}

bool lock_is_other(void)
{
    return lock_self() == atomic_load_explicit(&other, memory_order_relaxed);
}

void lock_wait(_Atomic uint32_t *word, uint32_t value)
{
    const struct timespec slice = {0, 100000000};
    int saved = errno;
    if (sandbox_enter()) {
        syscall(SYS_futex, word, FUTEX_WAIT_PRIVATE, value, &slice, NULL, 0);
        sandbox_leave();
    } else
        for (int i = 0; i < 1000 && atomic_load_explicit(word, memory_order_relaxed) == value; i++)
            __asm__ volatile("" ::: "memory");
    errno = saved;
}

void lock_wake(_Atomic uint32_t *word)
{
    int saved = errno;
    if (sandbox_enter()) {
        syscall(SYS_futex, word, FUTEX_WAKE_PRIVATE, INT_MAX, NULL, NULL, 0);
        sandbox_leave();
    }
    errno = saved;
}

/* Takes the lock over from a control process that was killed while it held it. The id is read
 * first: before it ended, the control process may have passed the lock on. */
static bool lock_inherit(struct lock *lock)
{
    const _Atomic pid_t *id = atomic_load(&here);
    uintptr_t dead = atomic_load(&other);
    return id && atomic_load(id) == 0 && dead &&
           atomic_compare_exchange_strong(&lock->owner, &dead, lock_self());
}

bool lock_take_slow(struct lock *lock)
{
    if (atomic_load(&lock->owner) == lock_self())
        return false;
    for (int turn = 0; atomic_exchange_explicit(&lock->state, 2, memory_order_acquire) != 0;
         turn++) {
        if (!origin_is_here() || (sandbox_is_closed() && !lock_is_other() && turn > SPINS))
            return false;
        if (lock_inherit(lock))
            return true;
        lock_wait(&lock->state, 2);
    }
    atomic_store_explicit(&lock->owner, lock_self(), memory_order_relaxed);
    return true;
}
