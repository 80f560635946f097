/* heap_numbers.h -- The arrays of numbers of a heap snapshot, read into columns.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#ifndef ANALYZER_HEAPSNAPSHOT_HEAP_NUMBERS_H
#define ANALYZER_HEAPSNAPSHOT_HEAP_NUMBERS_H

#include "heapsnapshot/heap.h"

/* Nodes with first edges, edges, locations. False with ERROR filled when an array has too many or
 * too few numbers, or when one points nowhere. The columns are the heap's, also then. */
bool heap_numbers_read_nodes(struct heap *heap, struct error *error);
bool heap_numbers_read_edges(struct heap *heap, struct error *error);
bool heap_numbers_read_locations(struct heap *heap, struct error *error);

/* Names of nodes and edges that are there, once names are known. */
bool heap_numbers_check_names(const struct heap *heap, struct error *error);

/* The numbers of SECTION, in rows of FIELDS; how many rows there are. NULL with ERROR filled when
 * they are not whole rows; else free() it. */
uint32_t *heap_numbers_read_rows(const struct heap *heap, enum heap_section section, int fields,
                                 size_t *rows, struct error *error);

#endif
