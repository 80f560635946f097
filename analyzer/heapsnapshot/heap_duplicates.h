/* heap_duplicates.h -- Strings that are in the heap more than once.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#ifndef ANALYZER_HEAPSNAPSHOT_HEAP_DUPLICATES_H
#define ANALYZER_HEAPSNAPSHOT_HEAP_DUPLICATES_H

#include "heapsnapshot/heap.h"

struct heap_duplicate {
    char *text;
    uint32_t count;
    uint64_t shallow, retained;
};

struct heap_duplicates {
    VEC(struct heap_duplicate) list; /* those that retain most first */
};

struct heap_duplicates heap_duplicates_find(const struct heap *heap);
void heap_duplicates_done(struct heap_duplicates *duplicates);

#endif
