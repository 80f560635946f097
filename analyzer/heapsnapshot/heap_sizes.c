/* heap_sizes.c -- Finds the one owner of each inner part of an object.
 *
 * A part is owned by a node when every way to it, back from edge to edge through other parts alone,
 * comes from that node. Owners spread along edges; a part that two owners reach has none.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include "heapsnapshot/heap_sizes.h"

#include "base/memory.h"

#include <stdlib.h>

#define UNVISITED UINT32_MAX
#define SEVERAL   (UINT32_MAX - 1)

static bool is_part(const struct heap *heap, uint32_t node)
{
    uint8_t type = heap->type[node];
    return type == HEAP_NODE_HIDDEN || type == HEAP_NODE_ARRAY ||
           (type == HEAP_NODE_NATIVE &&
            heap_names_kind(&heap->names, heap->name[node]) & HEAP_NAME_EXTERNAL_STRING);
}

static bool has_user_roots(const struct heap *heap)
{
    for (uint32_t edge = heap->first[0]; edge < heap->first[1]; edge++) {
        uint32_t to = heap->to[edge];
        if (heap->type[to] != HEAP_NODE_SYNTHETIC ||
            heap_names_kind(&heap->names, heap->name[to]) & HEAP_NAME_DOM_TREES)
            return true;
    }
    return false;
}

/* OPEN: parts whose owner has changed. */
struct owners {
    uint32_t *of;
    VEC(uint32_t) open;
};

static void spread(const struct heap *heap, uint32_t node, struct owners *owners)
{
    uint32_t owner = owners->of[node];
    for (uint32_t edge = heap->first[node]; edge < heap->first[node + 1]; edge++) {
        uint32_t to = heap->to[edge], old = owners->of[to];
        if (old == to || old == owner || old == SEVERAL ||
            heap_edge_type(heap, edge) == HEAP_EDGE_WEAK)
            continue;
        owners->of[to] = old == UNVISITED ? owner : SEVERAL;
        VEC_ADD(&owners->open, to);
    }
}

void heap_sizes_move(struct heap *heap)
{
    heap->has_user_roots = has_user_roots(heap);
    if (!heap->has_user_roots)
        return;
    uint32_t nodes = heap->meta.nodes;
    struct owners owners = {.of = memory_resize(NULL, nodes, sizeof *owners.of)};
    for (uint32_t node = 0; node < nodes; node++)
        owners.of[node] = is_part(heap, node) ? UNVISITED : node;
    for (uint32_t node = 0; node < nodes; node++) {
        if (owners.of[node] == node)
            spread(heap, node, &owners);
        while (owners.open.count > 0)
            spread(heap, owners.open.items[--owners.open.count], &owners);
    }
    for (uint32_t node = 0; node < nodes; node++) {
        uint32_t owner = owners.of[node];
        if (owner >= SEVERAL || owner == node || owner == 0 ||
            heap->type[owner] == HEAP_NODE_SYNTHETIC)
            continue;
        heap->size[owner] += heap->size[node];
        heap->size[node] = 0;
    }
    VEC_DONE(&owners.open);
    free(owners.of);
}
