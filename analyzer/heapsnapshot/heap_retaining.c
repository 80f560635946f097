/* heap_retaining.c -- DevTools' rules of essential edges.
 *
 * An edge retains unless it is weak, leads to its own source, is a shortcut (but one of the
 * root's), or leads from outside of the page into it (but from the root). Of the two edges that
 * hold a WeakMap's value, the one from the table does not count: the key keeps the value.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include "heapsnapshot/heap_retaining.h"

#include "base/memory.h"

#include <stdlib.h>

static bool has_bit(const uint8_t *bits, uint32_t node)
{
    return bits[node / 8] >> node % 8 & 1;
}

static void set_bit(uint8_t *bits, uint32_t node)
{
    bits[node / 8] |= (uint8_t)(1u << node % 8);
}

static bool is_entry(const struct heap *heap, uint32_t edge)
{
    uint32_t to = heap->to[edge];
    enum heap_edge type = heap_edge_type(heap, edge);
    bool is_trees = heap->type[to] == HEAP_NODE_SYNTHETIC &&
                    heap_names_kind(&heap->names, heap->name[to]) & HEAP_NAME_DOM_TREES;
    return type == HEAP_EDGE_SHORTCUT || (type == HEAP_EDGE_ELEMENT && is_trees);
}

uint8_t *heap_retaining_find_page(const struct heap *heap)
{
    uint8_t *page = memory_zeroed(heap->meta.nodes / 8 + 1, 1);
    VEC(uint32_t) open = {0};
    for (uint32_t edge = heap->first[0]; edge < heap->first[1]; edge++) {
        if (is_entry(heap, edge)) {
            set_bit(page, heap->to[edge]);
            VEC_ADD(&open, heap->to[edge]);
        }
    }
    while (open.count > 0) {
        uint32_t node = open.items[--open.count];
        for (uint32_t edge = heap->first[node]; edge < heap->first[node + 1]; edge++) {
            uint32_t to = heap->to[edge];
            if (heap_edge_type(heap, edge) == HEAP_EDGE_WEAK || has_bit(page, to))
                continue;
            set_bit(page, to);
            VEC_ADD(&open, to);
        }
    }
    VEC_DONE(&open);
    return page;
}

static const struct heap_ephemeron *ephemeron_of(const struct heap *heap, uint32_t edge)
{
    uint32_t name = heap->edge_name[edge];
    if (heap_edge_type(heap, edge) != HEAP_EDGE_INTERNAL ||
        !(heap_names_kind(&heap->names, name) & HEAP_NAME_EPHEMERON))
        return NULL;
    return heap_names_ephemeron(&heap->names, name);
}

/* What keeps an object for the moment of the snapshot, as a by-product of compiled code or in
 * tables of V8's own is no answer to the question why it is there. */
static bool is_late(const struct heap *heap, uint32_t from, uint32_t to)
{
    return heap->type[from] == HEAP_NODE_CODE ||
           (heap->type[to] == HEAP_NODE_SYNTHETIC &&
            heap_names_kind(&heap->names, heap->name[to]) & HEAP_NAME_MOMENT);
}

static unsigned flags_of(const struct heap *heap, const uint8_t *page, uint32_t node, uint32_t edge)
{
    enum heap_edge type = heap_edge_type(heap, edge);
    if (type == HEAP_EDGE_WEAK)
        return 0;
    const struct heap_ephemeron *ephemeron = ephemeron_of(heap, edge);
    uint32_t to = heap->to[edge];
    unsigned flags = GRAPH_WALKED | (ephemeron ? GRAPH_ASKED : 0);
    if (is_late(heap, node, to))
        flags |= GRAPH_LATE;
    bool is_essential = to != node && !(ephemeron && ephemeron->table == heap->id[node]);
    if (node != 0 && (type == HEAP_EDGE_SHORTCUT || (has_bit(page, to) && !has_bit(page, node))))
        is_essential = false;
    return is_essential ? flags | GRAPH_RETAINS : flags;
}

/* The nodes that distances ask about every edge of: see heap_distances.c. */
static bool is_asking(const struct heap *heap, uint32_t node)
{
    unsigned kind = heap_names_kind(&heap->names, heap->name[node]);
    return (kind & HEAP_NAME_DESCRIPTORS && heap->type[node] == HEAP_NODE_ARRAY) ||
           (kind & HEAP_NAME_NATIVE_CONTEXT && heap->type[node] == HEAP_NODE_HIDDEN);
}

void heap_retaining_set_flags(struct heap *heap, const uint8_t *page, uint32_t from, uint32_t to)
{
    for (uint32_t node = from; node < to; node++) {
        unsigned more = is_asking(heap, node) ? GRAPH_ASKED : 0;
        for (uint32_t edge = heap->first[node]; edge < heap->first[node + 1]; edge++)
            heap->flags[edge] |= (uint8_t)(flags_of(heap, page, node, edge) | more);
    }
}
