/* bounds.c -- Where a thread's stack begins and ends, and whether it still has a thread.
 *
 * pthread_getattr_np would answer, but it takes the thread's own lock in glibc and allocates under
 * it: a thread whose first malloc comes from there would wait for itself. So the descriptor is read
 * where glibc keeps it (tables/nptl.h). The main thread's stack is known from the loader. The
 * kernel's id in the descriptor is 0 when a thread has ended and -1 when it was joined, and a
 * detached thread is its own joiner.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include "unwind/bounds.h"

#include <sys/resource.h>

#include "base/probe.h"
#include "tables/nptl.h"

extern void *__libc_stack_end; /* set by ld.so before any code of the program runs */

#define MAIN_STACK_MOST ((uintptr_t)1 << 30)

static uintptr_t main_pointer, main_size;

void bounds_learn(void)
{
    struct rlimit limit;
    main_pointer = (uintptr_t)__builtin_thread_pointer();
    main_size = MAIN_STACK_MOST;
    if (getrlimit(RLIMIT_STACK, &limit) == 0 && limit.rlim_cur < main_size)
        main_size = limit.rlim_cur;
}

static bool read_word(uintptr_t address, uintptr_t *word)
{
    return probe_copy(word, address, sizeof *word);
}

bool bounds_of_other(uintptr_t pointer, struct bounds_thread *thread)
{
    uintptr_t descriptor = nptl_descriptor(pointer), range[2], joiner;
    int32_t id;
    if (!nptl.stack || !nptl.tid || !nptl.join ||
        !probe_copy(range, descriptor + nptl.stack, sizeof range) ||
        !read_word(descriptor + nptl.join, &joiner) ||
        !probe_copy(&id, descriptor + nptl.tid, sizeof id))
        return false;
    *thread = (struct bounds_thread){range[0], range[0] + range[1],
                                     id < 0 || (id == 0 && joiner == descriptor)};
    return range[0] && range[0] < pointer && pointer - range[0] < range[1];
}

void bounds_of_thread(uintptr_t *low, uintptr_t *high)
{
    uintptr_t pointer = (uintptr_t)__builtin_thread_pointer();
    *low = *high = 0;
    if (pointer == main_pointer) {
        *high = (uintptr_t)__libc_stack_end;
        *low = *high > main_size ? *high - main_size : 0;
        return;
    }
    if (!nptl.stack)
        return;
    const uintptr_t *range = (const uintptr_t *)(nptl_descriptor(pointer) + nptl.stack);
    /* glibc keeps the thread's data at the upper end of its stack. */
    if (pointer > range[0] && pointer - range[0] <= range[1]) {
        *low = range[0];
        *high = pointer;
    }
}
