/* nptl.c -- glibc's descriptor of a thread (struct pthread), as glibc describes it to debuggers.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include "tables/nptl.h"

#include <link.h>
#include <stdatomic.h>
#include <string.h>

#include "tables/dynsym.h"

struct nptl nptl;
static atomic_uint *threads; /* glibc's count; NULL where it is not exported */

extern void *__libc_stack_end; /* set by ld.so before any code of the program runs */

/* An exported table of libc's; NULL when there is none. */
static void *nptl_find(const char *name)
{
    struct dynsym_function found;
    for (const struct link_map *map = _r_debug.r_map; map; map = map->l_next)
        if (strstr(map->l_name, "libc.so") &&
            dynsym_find_dynamic(map->l_ld, map->l_addr, name, &found))
            return (void *)found.start;
    return NULL;
}

static uint32_t offset_of(const char *name, uint32_t bits)
{
    const uint32_t *table = nptl_find(name);
    return table && table[0] == bits && table[2] < nptl.size ? table[2] : 0;
}

/* Of the main thread glibc notes no begin of its stack, and its end as the size. */
static uint32_t find_stack(const char *descriptor)
{
    uintptr_t words[2];
    uint32_t found = 0;
    for (uint32_t at = sizeof *words; at + sizeof words <= nptl.size; at += sizeof *words) {
        memcpy(words, descriptor + at, sizeof words);
        if (words[0] != 0 || words[1] != (uintptr_t)__libc_stack_end)
            continue;
        if (found)
            return 0;
        found = at;
    }
    return found;
}

uintptr_t nptl_descriptor(uintptr_t thread_pointer)
{
#ifdef __x86_64__
    return thread_pointer;
#else
    return thread_pointer - nptl.size; /* the descriptor lies below (TLS variant I) */
#endif
}

void nptl_count(int change)
{
    if (threads)
        atomic_fetch_add(threads, (unsigned)change);
}

void nptl_learn(void)
{
    threads = (atomic_uint *)nptl_find("__nptl_nthreads");
    const uint32_t *size = nptl_find("_thread_db_sizeof_pthread");
    nptl.size = size ? *size : 0;
    if (!nptl.size)
        return;
    const char *own = (const char *)nptl_descriptor((uintptr_t)__builtin_thread_pointer());
    nptl.tid = offset_of("_thread_db_pthread_tid", 32);
    nptl.stack = find_stack(own);
    /* struct pthread has, in this order: joinid, result, schedparam */
    uint32_t parameter = offset_of("_thread_db_pthread_schedparam_sched_priority", 32);
    nptl.join = parameter > 2 * sizeof(void *) ? parameter - 2 * (uint32_t)sizeof(void *) : 0;
}
