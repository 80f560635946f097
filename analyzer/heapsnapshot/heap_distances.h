/* heap_distances.h -- How far nodes are from the roots, by DevTools' rules.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#ifndef ANALYZER_HEAPSNAPSHOT_HEAP_DISTANCES_H
#define ANALYZER_HEAPSNAPSHOT_HEAP_DISTANCES_H

#include "heapsnapshot/heap.h"

/* Fills the heap's DISTANCE: 1 for user roots; what only the system's roots reach is
 * HEAP_SYSTEM_DISTANCE and more, the rest HEAP_NO_DISTANCE. */
void heap_distances_find(struct heap *heap);

#endif
