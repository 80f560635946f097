/* ranges.c -- Address ranges, each with a number, searched by address.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include "symbols/ranges.h"

#include <stdlib.h>

void ranges_done(struct ranges *ranges)
{
    VEC_DONE(&ranges->rows);
}

void ranges_add(struct ranges *ranges, uint64_t start, uint64_t end, size_t value)
{
    struct range range = {.start = start, .end = end, .value = value};
    if (start < end)
        VEC_ADD(&ranges->rows, range);
    ranges->is_sorted = false;
}

static int by_start(const void *a, const void *b)
{
    const struct range *x = a, *y = b;
    if (x->start != y->start)
        return x->start < y->start ? -1 : 1;
    return (x->value < y->value) - (x->value > y->value); /* searched from the end */
}

static void ranges_sort(struct ranges *ranges)
{
    uint64_t reach = 0;
    if (ranges->rows.count > 0)
        qsort(ranges->rows.items, ranges->rows.count, sizeof *ranges->rows.items, by_start);
    for (size_t i = 0; i < ranges->rows.count; i++) {
        struct range *range = &ranges->rows.items[i];
        reach = range->end > reach ? range->end : reach;
        range->reach = reach;
    }
    ranges->is_sorted = true;
}

bool ranges_find(struct ranges *ranges, uint64_t address, size_t *value)
{
    if (!ranges->is_sorted)
        ranges_sort(ranges);
    size_t low = 0, high = ranges->rows.count;
    while (low < high) {
        size_t middle = low + (high - low) / 2;
        if (ranges->rows.items[middle].start <= address)
            low = middle + 1;
        else
            high = middle;
    }
    for (size_t i = low; i-- > 0 && ranges->rows.items[i].reach > address;) {
        if (address < ranges->rows.items[i].end) {
            *value = ranges->rows.items[i].value;
            return true;
        }
    }
    return false;
}
