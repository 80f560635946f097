/* heap_distances.c -- How far nodes are from the roots, and the edges that do not count.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include "heapsnapshot/heap_distances.h"

#include "base/memory.h"
#include "graph/distances.h"

#include <stdlib.h>

struct asking {
    const struct heap *heap;
    uint8_t *is_pending; /* by pair of a WeakMap: one of its two edges was met */
};

/* JavaScript's parseInt, as far as the first three answers go: below 0 stands for no number. */
static int64_t parse_index(const struct heap *heap, uint32_t edge)
{
    if (!heap_edge_has_name(heap, edge))
        return heap->edge_name[edge];
    struct text text = {0};
    const char *name = heap_names_in(&heap->names, heap->edge_name[edge], &text);
    char *end;
    int64_t index = strtoll(name, &end, 10);
    bool is_none = end == name;
    text_done(&text);
    return is_none ? INT64_MIN : index;
}

/* An array of descriptors holds, from 2 on, triples of key, type and value; maps share it, so
 * values need not be those of this map. */
static bool is_descriptor_followed(const struct heap *heap, uint32_t edge)
{
    int64_t index = parse_index(heap, edge);
    return index == INT64_MIN || index < 2 || index % 3 != 1;
}

/* A pair's value is as far as the farther of key and table: its second edge counts. */
static bool is_second_of_pair(struct asking *asking, uint32_t name)
{
    uint32_t pair = heap_names_ephemeron(&asking->heap->names, name)->pair;
    asking->is_pending[pair] ^= 1;
    return !asking->is_pending[pair];
}

static bool ask(void *owner, uint32_t from, uint32_t edge)
{
    struct asking *asking = owner;
    const struct heap *heap = asking->heap;
    unsigned kind = heap_names_kind(&heap->names, heap->name[from]);
    uint32_t name = heap->edge_name[edge];
    if (heap->type[from] == HEAP_NODE_HIDDEN && kind & HEAP_NAME_NATIVE_CONTEXT &&
        heap_edge_has_name(heap, edge) &&
        heap_names_kind(&heap->names, name) & HEAP_NAME_SLOPPY_MAP)
        return false;
    if (heap->type[from] == HEAP_NODE_ARRAY && kind & HEAP_NAME_DESCRIPTORS)
        return is_descriptor_followed(heap, edge);
    if (heap_edge_type(heap, edge) == HEAP_EDGE_INTERNAL &&
        heap_names_kind(&heap->names, name) & HEAP_NAME_EPHEMERON)
        return is_second_of_pair(asking, name);
    return true;
}

static bool is_user_root(const struct heap *heap, uint32_t node)
{
    return heap->type[node] != HEAP_NODE_SYNTHETIC ||
           heap_names_kind(&heap->names, heap->name[node]) & HEAP_NAME_DOM_TREES;
}

void heap_distances_find(struct heap *heap)
{
    uint32_t nodes = heap->meta.nodes, starts = heap->first[1] - heap->first[0];
    struct asking asking = {.heap = heap, .is_pending = memory_zeroed(heap->names.pairs.count, 1)};
    heap->distance = memory_resize(NULL, nodes, sizeof *heap->distance);
    struct distances walk = {.graph = &heap->graph,
                             .flags = GRAPH_WALKED,
                             .ask = ask,
                             .owner = &asking,
                             .unreached = HEAP_NO_DISTANCE,
                             .of = heap->distance,
                             .queue =
                                 memory_resize(NULL, (size_t)nodes + starts, sizeof *walk.queue)};
    size_t count = 0;
    for (uint32_t node = 0; node < nodes; node++)
        heap->distance[node] = HEAP_NO_DISTANCE;
    for (uint32_t edge = heap->first[0]; edge < heap->first[1]; edge++) {
        uint32_t to = heap->to[edge];
        if (!is_user_root(heap, to))
            continue;
        heap->distance[to] = 1;
        walk.queue[count++] = to; /* one that has two edges of the root is here twice */
    }
    distances_walk(&walk, count);
    heap->distance[0] = count > 0 ? HEAP_SYSTEM_DISTANCE : 0;
    walk.queue[0] = 0;
    distances_walk(&walk, 1);
    free(walk.queue);
    free(asking.is_pending);
}
