/* heap_retaining.h -- Which edges keep their target alive, and which of them distances follow.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#ifndef ANALYZER_HEAPSNAPSHOT_HEAP_RETAINING_H
#define ANALYZER_HEAPSNAPSHOT_HEAP_RETAINING_H

#include "heapsnapshot/heap.h"

/* A bit for each node that belongs to a page or to the program: reached from the root's shortcuts
 * or from the trees of a document. free() it. */
uint8_t *heap_retaining_find_page(const struct heap *heap);

/* Sets GRAPH_RETAINS, GRAPH_WALKED and GRAPH_ASKED of the edges of nodes FROM to TO - 1. */
void heap_retaining_set_flags(struct heap *heap, const uint8_t *page, uint32_t from, uint32_t to);

#endif
