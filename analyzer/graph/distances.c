/* distances.c -- A breadth-first search along edges that the owner may refuse.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include "graph/distances.h"

size_t distances_walk(struct distances *distances, size_t count)
{
    const struct graph *graph = distances->graph;
    for (size_t at = 0; at < count; at++) {
        uint32_t node = distances->queue[at];
        int32_t next = distances->of[node] + 1;
        for (uint32_t edge = graph->first[node]; edge < graph->first[node + 1]; edge++) {
            unsigned flags = graph->flags[edge];
            uint32_t to = graph->to[edge];
            if ((flags & distances->flags) != distances->flags ||
                distances->of[to] != distances->unreached)
                continue;
            if (flags & GRAPH_ASKED && distances->ask &&
                !distances->ask(distances->owner, node, edge))
                continue;
            distances->of[to] = next;
            if (distances->through)
                distances->through[to] = edge;
            distances->queue[count++] = to;
        }
    }
    return count;
}
