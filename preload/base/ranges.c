/* ranges.c -- Which addresses the shim's own memory has.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include "base/ranges.h"

#include <stdatomic.h>

/* A fixed list is enough: tables map few large ranges, and jemalloc asks for megabytes. Ranges that
 * do not fit in are counted as the program's "other" memory, which is shown. */
#define RANGES 8192
static struct range {
    atomic_uintptr_t start; /* 0: free */
    atomic_size_t size;
} ranges[RANGES];

void ranges_add(const void *start, size_t size)
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
static void ranges_cut(struct range *range, uintptr_t start, uintptr_t end)
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
        ranges_add((void *)end, to - end);
}

void ranges_remove(const void *start, size_t size)
{
    for (int i = 0; i < RANGES; i++)
        ranges_cut(&ranges[i], (uintptr_t)start, (uintptr_t)start + size);
}

void ranges_each(void (*visit)(uintptr_t start, size_t size, void *context), void *context)
{
    for (int i = 0; i < RANGES; i++) {
        uintptr_t start = atomic_load(&ranges[i].start);
        size_t size = atomic_load(&ranges[i].size);
        if (start && size)
            visit(start, size, context);
    }
}
