/* memory.c -- Where the shim's own memory comes from, and which addresses it has.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include "base/memory.h"

#include <errno.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "private/guest.h"

#ifndef PR_SET_VMA
#define PR_SET_VMA           0x53564d41
#define PR_SET_VMA_ANON_NAME 0
#endif

/* A fixed list is enough: tables map few large ranges, and jemalloc asks for megabytes. What does
 * not fit in is counted as the program's "other" memory, which is shown. */
#define RANGES 8192
static struct range {
    atomic_uintptr_t start; /* 0: free */
    atomic_size_t size;
} ranges[RANGES];

void memory_note(const void *start, size_t size)
{
    for (int i = 0; i < RANGES; i++) {
        uintptr_t none = 0;
        if (!atomic_load_explicit(&ranges[i].start, memory_order_relaxed) &&
            atomic_compare_exchange_strong(&ranges[i].start, &none, (uintptr_t)start)) {
            atomic_store(&ranges[i].size, size);
            return;
        }
    }
}

/* Cuts [start, end) out of one range; the tail, if any, becomes a range of its own. */
static void cut(struct range *range, uintptr_t start, uintptr_t end)
{
    uintptr_t from = atomic_load(&range->start);
    uintptr_t to = from + atomic_load(&range->size);
    if (!from || to <= start || from >= end)
        return;
    if (from < start) {
        atomic_store(&range->size, start - from);
    } else {
        atomic_store(&range->size, 0);
        atomic_store(&range->start, 0);
    }
    if (to > end)
        memory_note((void *)end, to - end);
}

void memory_forget(const void *start, size_t size)
{
    for (int i = 0; i < RANGES; i++)
        cut(&ranges[i], (uintptr_t)start, (uintptr_t)start + size);
}

void memory_each(void (*visit)(uintptr_t start, size_t size, void *context), void *context)
{
    for (int i = 0; i < RANGES; i++) {
        uintptr_t start = atomic_load(&ranges[i].start);
        size_t size = atomic_load(&ranges[i].size);
        if (start && size)
            visit(start, size, context);
    }
}

void *memory_map(size_t size)
{
    int saved = errno;
    void *start = (void *)syscall(SYS_mmap, NULL, size, PROT_READ | PROT_WRITE,
                                  MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
    if (start == MAP_FAILED) {
        errno = saved;
        return NULL;
    }
    /* One touched line must not cost two megabytes. The name shows in /proc/PID/maps where the
     * kernel can do that; neither call matters when it fails. */
    syscall(SYS_madvise, start, size, MADV_NOHUGEPAGE);
    syscall(SYS_prctl, PR_SET_VMA, PR_SET_VMA_ANON_NAME, start, size, "heapdiff");
    memory_note(start, size);
    errno = saved;
    return start;
}

void memory_unmap(void *start, size_t size)
{
    int saved = errno;
    memory_forget(start, size);
    syscall(SYS_munmap, start, size);
    errno = saved;
}

void *memory_alloc(size_t size)
{
    return guest_malloc(size);
}

void *memory_resize(void *block, size_t size)
{
    return guest_realloc(block, size);
}

void memory_free(void *block)
{
    guest_free(block);
}
