/* heap_rows.h -- The rows of DevTools' Summary: count and sizes of each class.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#ifndef ANALYZER_HEAPSNAPSHOT_HEAP_ROWS_H
#define ANALYZER_HEAPSNAPSHOT_HEAP_ROWS_H

#include "base/map.h"
#include "heapsnapshot/heap.h"

struct heap_row {
    const char *key, *name; /* the rows' */
    uint32_t class;
    uint32_t count;
    int32_t distance; /* least */
    uint64_t shallow, retained;
};

/* Objects of size 0 are in no row. */
struct heap_rows {
    VEC(struct heap_row) list; /* by first object */
    uint32_t *of_class;        /* by class; GRAPH_NONE: no row */
    struct map by_key;         /* -> in LIST */
    struct pool *texts;
};

struct heap_rows *heap_rows_of(const struct heap *heap);
void heap_rows_free(struct heap_rows *rows);

/* The row of KEY; NULL: none. */
const struct heap_row *heap_rows_find(const struct heap_rows *rows, const char *key);

#endif
