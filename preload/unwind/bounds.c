/* bounds.c -- Where the calling thread's stack begins and ends.
 *
 * pthread_getattr_np knows, but takes the thread's own lock in glibc and allocates under it: a
 * thread whose first malloc comes from there would wait for itself. So our own thread, whose stack
 * we have given it, looks up the place where glibc keeps that (two words behind the thread
 * pointer), which is then used for all other threads. The main thread's stack is known from the
 * loader.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include "unwind/bounds.h"

#include <stdatomic.h>
#include <sys/resource.h>
#include <sys/syscall.h>
#include <unistd.h>

extern void *__libc_stack_end; /* set by ld.so before any code of the program runs */

static atomic_uint offset; /* of the stack's start behind the thread pointer; 0: not known */

void bounds_learn(const void *start, size_t size)
{
    const uintptr_t *words = __builtin_thread_pointer();
    const uintptr_t *end = (const uintptr_t *)((uintptr_t)start + size); /* behind struct pthread */
    for (unsigned i = 1; words + i + 1 < end; i++) {
        if (words[i] == (uintptr_t)start && words[i + 1] == size) {
            atomic_store(&offset, i * (unsigned)sizeof *words);
            return;
        }
    }
}

static void main_bounds(uintptr_t *low, uintptr_t *high)
{
    struct rlimit limit;
    uintptr_t size = (uintptr_t)1 << 30;
    if (getrlimit(RLIMIT_STACK, &limit) == 0 && limit.rlim_cur < size)
        size = limit.rlim_cur;
    *high = (uintptr_t)__libc_stack_end;
    *low = *high > size ? *high - size : 0;
}

void bounds_of_thread(uintptr_t *low, uintptr_t *high)
{
    *low = *high = 0;
    if (syscall(SYS_gettid) == getpid()) {
        main_bounds(low, high);
        return;
    }
    uintptr_t pointer = (uintptr_t)__builtin_thread_pointer();
    unsigned known = atomic_load(&offset);
    if (!known)
        return;
    uintptr_t start = *(const uintptr_t *)(pointer + known);
    uintptr_t size = *(const uintptr_t *)(pointer + known + sizeof start);
    /* glibc keeps the thread's data at the upper end of its stack. */
    if (pointer > start && pointer - start <= size) {
        *low = start;
        *high = pointer;
    }
}
