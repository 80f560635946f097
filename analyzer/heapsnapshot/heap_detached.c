/* heap_detached.c -- Spreads the state of a page's nodes: what an attached node reaches is
 * attached, what only detached ones reach is detached.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include "heapsnapshot/heap_detached.h"

#include "base/memory.h"

#include <stdlib.h>

typedef VEC(uint32_t) node_list;

struct spreading {
    struct heap *heap;
    uint8_t *visited;  /* by node */
    uint32_t *renamed; /* by name: its detached form plus 1; 0: not made yet */
    node_list attached, detached;
};

static void rename_detached(struct spreading *spreading, uint32_t node)
{
    struct heap *heap = spreading->heap;
    uint32_t *renamed = &spreading->renamed[heap->name[node]];
    if (*renamed == 0) {
        struct text text = {0};
        text_add(&text, "Detached ");
        heap_names_text(&heap->names, heap->name[node], &text);
        *renamed = heap_names_add(&heap->names, text.bytes) + 1;
        text_done(&text);
    }
    heap->name[node] = *renamed - 1;
}

static void visit(struct spreading *spreading, uint32_t node, uint8_t state)
{
    struct heap *heap = spreading->heap;
    if (spreading->visited[node])
        return;
    spreading->visited[node] = 1;
    if (heap->type[node] != HEAP_NODE_NATIVE)
        return;
    heap->state[node] = state;
    if (state == HEAP_STATE_ATTACHED) {
        VEC_ADD(&spreading->attached, node);
    } else if (state == HEAP_STATE_DETACHED) {
        rename_detached(spreading, node);
        VEC_ADD(&spreading->detached, node);
    }
}

static void spread_from(struct spreading *spreading, uint32_t node, uint8_t state)
{
    const struct heap *heap = spreading->heap;
    for (uint32_t edge = heap->first[node]; edge < heap->first[node + 1]; edge++) {
        enum heap_edge type = heap_edge_type(heap, edge);
        if (type != HEAP_EDGE_HIDDEN && type != HEAP_EDGE_WEAK)
            visit(spreading, heap->to[edge], state);
    }
}

static void spread(struct heap *heap)
{
    struct spreading spreading = {.heap = heap,
                                  .visited = memory_zeroed(heap->meta.nodes, 1),
                                  .renamed =
                                      memory_zeroed(heap->names.count, sizeof *spreading.renamed)};
    for (uint32_t node = 0; node < heap->meta.nodes; node++)
        if (heap->state[node] != HEAP_STATE_UNKNOWN)
            visit(&spreading, node, heap->state[node]);
    while (spreading.attached.count > 0)
        spread_from(&spreading, spreading.attached.items[--spreading.attached.count],
                    HEAP_STATE_ATTACHED);
    while (spreading.detached.count > 0) {
        uint32_t node = spreading.detached.items[--spreading.detached.count];
        if (heap->state[node] != HEAP_STATE_ATTACHED)
            spread_from(&spreading, node, HEAP_STATE_DETACHED);
    }
    VEC_DONE(&spreading.attached);
    VEC_DONE(&spreading.detached);
    free(spreading.visited);
    free(spreading.renamed);
}

void heap_detached_spread(struct heap *heap)
{
    if (heap->meta.node.at[HEAP_NODE_STATE] >= 0) {
        bool any = false;
        for (uint32_t node = 0; node < heap->meta.nodes && !any; node++)
            any = heap->state[node] != HEAP_STATE_UNKNOWN;
        if (any)
            spread(heap);
        return;
    }
    for (uint32_t node = 0; node < heap->meta.nodes; node++)
        if (heap->type[node] == HEAP_NODE_NATIVE &&
            heap_names_kind(&heap->names, heap->name[node]) & HEAP_NAME_DETACHED)
            heap->state[node] = HEAP_STATE_DETACHED;
}
