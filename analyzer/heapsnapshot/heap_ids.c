/* heap_ids.c -- The objects of each row by their ids.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include "heapsnapshot/heap_ids.h"

#include <stdlib.h>
#include <string.h>

#define DIGIT 11 /* bits of a round of the radix sort; three rounds make an id */

static uint32_t row_of(const struct heap *heap, const struct heap_rows *rows, uint32_t node)
{
    return heap->size[node] ? rows->of_class[heap->classes.of[node]] : GRAPH_NONE;
}

/* One round: NODES by the digit of their ids at SHIFT, equal ones as they were. */
static void sort_round(const struct heap *heap, const uint32_t *nodes, uint32_t count,
                       unsigned shift, uint32_t *sorted)
{
    uint32_t place[(1 << DIGIT) + 1] = {0}, mask = (1 << DIGIT) - 1;
    for (uint32_t i = 0; i < count; i++)
        place[(heap->id[nodes[i]] >> shift & mask) + 1]++;
    for (uint32_t digit = 0; digit < mask; digit++)
        place[digit + 1] += place[digit];
    for (uint32_t i = 0; i < count; i++)
        sorted[place[heap->id[nodes[i]] >> shift & mask]++] = nodes[i];
}

/* NODES, COUNT of them, by id. Frees NODES; free() the result. */
static uint32_t *sort_nodes(const struct heap *heap, uint32_t *nodes, uint32_t count)
{
    uint32_t *sorted = memory_resize(NULL, count, sizeof *sorted);
    for (unsigned shift = 0; shift < 32; shift += DIGIT) {
        sort_round(heap, nodes, count, shift, sorted);
        uint32_t *other = nodes;
        nodes = sorted;
        sorted = other;
    }
    free(sorted);
    return nodes;
}

uint32_t *heap_ids_sort(const struct heap *heap)
{
    uint32_t *nodes = memory_resize(NULL, heap->meta.nodes, sizeof *nodes);
    for (uint32_t node = 0; node < heap->meta.nodes; node++)
        nodes[node] = node;
    return sort_nodes(heap, nodes, heap->meta.nodes);
}

/* The nodes that are in rows, by id; free() it. */
static uint32_t *sorted_nodes(const struct heap *heap, const struct heap_rows *rows,
                              uint32_t *count)
{
    uint32_t *nodes = memory_resize(NULL, heap->meta.nodes, sizeof *nodes);
    *count = 0;
    for (uint32_t node = 0; node < heap->meta.nodes; node++)
        if (row_of(heap, rows, node) != GRAPH_NONE)
            nodes[(*count)++] = node;
    return sort_nodes(heap, nodes, *count);
}

struct heap_ids heap_ids_of(const struct heap *heap, const struct heap_rows *rows)
{
    uint32_t count;
    uint32_t *nodes = sorted_nodes(heap, rows, &count);
    struct heap_ids ids = {.rows = rows->list.count};
    ids.first = memory_zeroed(ids.rows + 2, sizeof *ids.first);
    ids.id = memory_resize(NULL, count, sizeof *ids.id);
    ids.size = memory_resize(NULL, count, sizeof *ids.size);
    ids.node = memory_resize(NULL, count, sizeof *ids.node);
    for (uint32_t i = 0; i < count; i++)
        ids.first[row_of(heap, rows, nodes[i]) + 2]++;
    for (size_t row = 2; row < ids.rows + 2; row++)
        ids.first[row] += ids.first[row - 1];
    for (uint32_t i = 0; i < count; i++) {
        uint32_t at = ids.first[row_of(heap, rows, nodes[i]) + 1]++;
        ids.id[at] = heap->id[nodes[i]];
        ids.size[at] = heap->size[nodes[i]];
        ids.node[at] = nodes[i];
    }
    free(nodes);
    return ids;
}

void heap_ids_done(struct heap_ids *ids)
{
    free(ids->first);
    free(ids->id);
    free(ids->size);
    free(ids->node);
    *ids = (struct heap_ids){0};
}

static void set_bit(uint8_t *bits, uint32_t node)
{
    if (bits)
        bits[node / 8] |= (uint8_t)(1u << node % 8);
}

struct heap_difference heap_ids_compare(const struct heap_ids *before, uint32_t a,
                                        const struct heap_ids *after, uint32_t b, uint8_t *is_gone,
                                        uint8_t *is_new)
{
    struct heap_difference difference = {0};
    uint32_t i = a == GRAPH_NONE ? 0 : before->first[a];
    uint32_t last_i = a == GRAPH_NONE ? 0 : before->first[a + 1];
    uint32_t j = b == GRAPH_NONE ? 0 : after->first[b];
    uint32_t last_j = b == GRAPH_NONE ? 0 : after->first[b + 1];
    while (i < last_i || j < last_j) {
        bool was_removed = i < last_i && (j == last_j || before->id[i] < after->id[j]);
        bool was_added = j < last_j && (i == last_i || before->id[i] > after->id[j]);
        if (was_removed) {
            difference.removed++;
            difference.removed_bytes += before->size[i];
            set_bit(is_gone, before->node[i]);
        } else if (was_added) {
            difference.added++;
            difference.added_bytes += after->size[j];
            set_bit(is_new, after->node[j]);
        } else {
            difference.stayed++;
        }
        i += !was_added;
        j += !was_removed;
    }
    return difference;
}
