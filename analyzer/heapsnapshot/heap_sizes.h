/* heap_sizes.h -- Sizes as DevTools gives them: what belongs to one object alone counts as its own.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#ifndef ANALYZER_HEAPSNAPSHOT_HEAP_SIZES_H
#define ANALYZER_HEAPSNAPSHOT_HEAP_SIZES_H

#include "heapsnapshot/heap.h"

/* Moves the sizes of hidden nodes, arrays and external strings that have one owner to that owner.
 * Nothing moves in a snapshot without user roots. */
void heap_sizes_move(struct heap *heap);

#endif
