/* order.c -- A depth-first search without recursion: it climbs by the parents that it has noted.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include "graph/order.h"

#include "base/memory.h"

#include <stdlib.h>
#include <string.h>

struct search {
    const struct graph *graph;
    struct order *order;
    uint32_t *next; /* by number: the first edge not yet looked at */
    uint32_t count; /* of numbers given out */
};

static uint32_t discover(struct search *search, uint32_t node, uint32_t parent)
{
    uint32_t number = search->count++;
    search->order->node[number] = node;
    search->order->number[node] = number;
    search->order->parent[number] = parent;
    search->next[number] = search->graph->first[node];
    return number;
}

static void search_from(struct search *search, uint32_t start, uint32_t parent)
{
    const struct graph *graph = search->graph;
    const uint32_t *number = search->order->number;
    uint32_t begin = discover(search, start, parent), at = begin;
    for (;;) {
        uint32_t edge = search->next[at], end = graph->first[search->order->node[at] + 1];
        while (edge < end &&
               (!(graph->flags[edge] & GRAPH_RETAINS) || number[graph->to[edge]] != GRAPH_NONE))
            edge++;
        if (edge < end) {
            search->next[at] = edge + 1;
            at = discover(search, graph->to[edge], at);
        } else if (at == begin) {
            return;
        } else {
            at = search->order->parent[at];
        }
    }
}

static uint8_t *find_retained(const struct graph *graph)
{
    uint8_t *is_retained = memory_zeroed(graph->nodes / 8 + 1, 1);
    for (uint32_t edge = 0; edge < graph->edges; edge++) {
        uint32_t to = graph->to[edge];
        if (graph->flags[edge] & GRAPH_RETAINS)
            is_retained[to / 8] |= (uint8_t)(1u << to % 8);
    }
    return is_retained;
}

static void search_orphans(struct search *search)
{
    struct order *order = search->order;
    uint8_t *is_retained = find_retained(search->graph);
    for (uint32_t node = 0; node < search->graph->nodes; node++) {
        if (order->number[node] != GRAPH_NONE || is_retained[node / 8] >> node % 8 & 1)
            continue;
        order->is_orphan[search->count / 8] |= (uint8_t)(1u << search->count % 8);
        search_from(search, node, 0);
    }
    free(is_retained);
}

struct order order_of(const struct graph *graph)
{
    struct order order = {.node = memory_resize(NULL, graph->nodes, sizeof *order.node),
                          .number = memory_resize(NULL, graph->nodes, sizeof *order.number),
                          .parent = memory_resize(NULL, graph->nodes, sizeof *order.parent),
                          .is_orphan = memory_zeroed(graph->nodes / 8 + 1, 1)};
    struct search search = {.graph = graph,
                            .order = &order,
                            .next = memory_resize(NULL, graph->nodes, sizeof *search.next)};
    memset(order.number, 0xff, graph->nodes * sizeof *order.number);
    search_from(&search, graph->root, 0);
    order.reached = order.found = search.count;
    if (order.found < graph->nodes) {
        search_orphans(&search);
        order.found = search.count;
    }
    for (uint32_t node = 0; order.found < graph->nodes && node < graph->nodes; node++) {
        if (order.number[node] == GRAPH_NONE)
            discover(&search, node, 0);
    }
    free(search.next);
    return order;
}

void order_done(struct order *order)
{
    free(order->node);
    free(order->number);
    free(order->parent);
    free(order->is_orphan);
    *order = (struct order){0};
}
