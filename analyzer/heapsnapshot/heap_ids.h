/* heap_ids.h -- The objects of each row by their ids, to tell new ones from old ones.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#ifndef ANALYZER_HEAPSNAPSHOT_HEAP_IDS_H
#define ANALYZER_HEAPSNAPSHOT_HEAP_IDS_H

#include "heapsnapshot/heap_rows.h"

/* Row R has the objects FIRST[R] to FIRST[R + 1] - 1, by id. */
struct heap_ids {
    size_t rows;
    uint32_t *first, *id, *size, *node;
};

struct heap_ids heap_ids_of(const struct heap *heap, const struct heap_rows *rows);
void heap_ids_done(struct heap_ids *ids);

/* What DevTools' Comparison has in a row. */
struct heap_difference {
    uint32_t added, removed, stayed;
    uint64_t added_bytes, removed_bytes;
};

/* Row A of BEFORE against row B of AFTER; GRAPH_NONE: no row there. IS_GONE and IS_NEW, when not
 * NULL: a bit for each node of BEFORE and AFTER, set where it is so. */
struct heap_difference heap_ids_compare(const struct heap_ids *before, uint32_t a,
                                        const struct heap_ids *after, uint32_t b, uint8_t *is_gone,
                                        uint8_t *is_new);

/* All nodes by their ids; free() it. */
uint32_t *heap_ids_sort(const struct heap *heap);

#endif
