/* bounds.c -- Where a thread's stack begins and ends, and whether it still has a thread.
 *
 * pthread_getattr_np knows, but takes the thread's own lock in glibc and allocates under it: a
 * thread whose first malloc comes from there would wait for itself. So our own thread, whose stack
 * we have given it, looks up the place where glibc keeps that (two words behind the thread
 * pointer), which is then used for all other threads. The main thread's stack is known from the
 * loader. In the same way it finds the thread's kernel id, which is 0 when a thread has ended and
 * -1 when it was joined, and the word that a detached thread has its own pointer in.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include "unwind/bounds.h"

#include <stdatomic.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "base/probe.h"

extern void *__libc_stack_end; /* set by ld.so before any code of the program runs */

/* Behind the thread pointer, in bytes; 0: not known. */
static atomic_uint offset;      /* of the stack's start; its size follows */
static atomic_uint tid_offset;  /* of the kernel's id, 32 bits */
static atomic_uint join_offset; /* of the word for who joins it; itself when it is detached */

/* The only place in [FROM, TO) of the calling thread's descriptor that holds VALUE; 0: none, or
 * several. */
static unsigned find_only(unsigned from, unsigned to, uint64_t value, unsigned size)
{
    const char *words = __builtin_thread_pointer();
    unsigned found = 0;
    for (unsigned at = from; at < to; at += size) {
        if (memcmp(words + at, &value, size) != 0)
            continue;
        if (found)
            return 0;
        found = at;
    }
    return found;
}

/* The header that the ABI knows (three words hold the pointer or are unused) is left out. */
static void learn_life(unsigned stack_offset)
{
    uintptr_t pointer = (uintptr_t)__builtin_thread_pointer();
    uint32_t id = (uint32_t)syscall(SYS_gettid);
    unsigned join_at = find_only(24, stack_offset, pointer, sizeof pointer);
    atomic_store(&tid_offset, find_only(24, join_at, id, sizeof id));
    atomic_store(&join_offset, join_at);
}

void bounds_learn(const void *start, size_t size)
{
    const uintptr_t *words = __builtin_thread_pointer();
    const uintptr_t *end = (const uintptr_t *)((uintptr_t)start + size); /* behind struct pthread */
    for (unsigned i = 1; words + i + 1 < end; i++) {
        if (words[i] == (uintptr_t)start && words[i + 1] == size) {
            atomic_store(&offset, i * (unsigned)sizeof *words);
            learn_life(i * (unsigned)sizeof *words);
            return;
        }
    }
}

static bool read_word(uintptr_t address, uintptr_t *word)
{
    return probe_copy(word, address, sizeof *word);
}

bool bounds_of_other(uintptr_t pointer, struct bounds_thread *thread)
{
    unsigned at = atomic_load(&offset), id_at = atomic_load(&tid_offset),
             join_at = atomic_load(&join_offset);
    uintptr_t self, range[2], joiner;
    int32_t id;
    if (!at || !id_at || !join_at || !read_word(pointer, &self) || self != pointer ||
        !probe_copy(range, pointer + at, sizeof range) || !read_word(pointer + join_at, &joiner) ||
        !probe_copy(&id, pointer + id_at, sizeof id))
        return false;
    *thread = (struct bounds_thread){range[0], range[0] + range[1],
                                     id < 0 || (id == 0 && joiner == pointer)};
    return range[0] < pointer && pointer - range[0] < range[1];
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
