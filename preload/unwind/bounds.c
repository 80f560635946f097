/* bounds.c -- Where the calling thread's stack begins and ends.
 *
 * glibc answers for threads of its own making, but for the main thread it reads /proc/self/maps
 * with stdio; the loader has kept where that stack begins.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include "unwind/bounds.h"

#include <pthread.h>
#include <sys/resource.h>
#include <sys/syscall.h>
#include <unistd.h>

extern void *__libc_stack_end; /* set by ld.so before any code of the program runs */

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
    pthread_attr_t attributes;
    void *start;
    size_t size;
    *low = *high = 0;
    if (syscall(SYS_gettid) == getpid()) {
        main_bounds(low, high);
        return;
    }
    if (pthread_getattr_np(pthread_self(), &attributes) != 0)
        return;
    if (pthread_attr_getstack(&attributes, &start, &size) == 0) {
        *low = (uintptr_t)start;
        *high = (uintptr_t)start + size;
    }
    pthread_attr_destroy(&attributes);
}
