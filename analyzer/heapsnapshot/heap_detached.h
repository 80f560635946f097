/* heap_detached.h -- Which nodes of a page are detached from it; DevTools renames these.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#ifndef ANALYZER_HEAPSNAPSHOT_HEAP_DETACHED_H
#define ANALYZER_HEAPSNAPSHOT_HEAP_DETACHED_H

#include "heapsnapshot/heap.h"

/* Spreads the states that the file gives over native nodes, and puts "Detached " before the names
 * of detached ones. */
void heap_detached_spread(struct heap *heap);

#endif
