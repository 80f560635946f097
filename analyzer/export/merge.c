/* merge.c -- The blocks of several snapshots side by side: which of them are the same block.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include "export/merge.h"

#include <stdlib.h>

static bool advance(struct merge_cursor *cursor, struct error *error)
{
    cursor->is_here = false;
    cursor->is_open = block_list_next(cursor->rows, &cursor->block, error);
    return cursor->is_open || !*error->message;
}

bool merge_open(struct merge *merge, const struct set *set, size_t count, struct error *error)
{
    *merge = (struct merge){.set = set, .count = count};
    merge->cursors = memory_zeroed(count, sizeof *merge->cursors);
    for (size_t i = 0; i < count; i++) {
        struct merge_cursor *cursor = &merge->cursors[i];
        cursor->rows = block_list_open(set->snapshots[i].store, error);
        if (!cursor->rows || !advance(cursor, error)) {
            merge_close(merge);
            return false;
        }
    }
    return true;
}

void merge_close(struct merge *merge)
{
    for (size_t i = 0; i < merge->count; i++)
        block_list_close(merge->cursors[i].rows);
    free(merge->cursors);
    *merge = (struct merge){0};
}

static int compare_numbers(uint64_t a, uint64_t b)
{
    return (a > b) - (a < b);
}

/* The size is part of the key because an untrusted file may list a block twice. */
static int merge_compare(const struct merge *merge, size_t a, size_t b)
{
    const struct block *x = &merge->cursors[a].block, *y = &merge->cursors[b].block;
    int order = compare_numbers(x->address, y->address);
    if (order == 0)
        order = compare_numbers(merge->set->snapshots[a].process, merge->set->snapshots[b].process);
    if (order == 0)
        order = compare_numbers((uint64_t)x->epoch, (uint64_t)y->epoch);
    return order ? order : compare_numbers((uint64_t)x->size, (uint64_t)y->size);
}

bool merge_next(struct merge *merge, struct error *error)
{
    size_t least = merge->count;
    for (size_t i = 0; i < merge->count; i++) {
        struct merge_cursor *cursor = &merge->cursors[i];
        if (cursor->is_here && !advance(cursor, error))
            return false;
        if (cursor->is_open && (least == merge->count || merge_compare(merge, i, least) < 0))
            least = i;
    }
    if (least == merge->count)
        return false;
    merge->first = least;
    for (size_t i = least; i < merge->count; i++)
        merge->cursors[i].is_here =
            merge->cursors[i].is_open && merge_compare(merge, i, least) == 0;
    return true;
}
