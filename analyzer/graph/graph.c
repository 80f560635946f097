/* graph.c -- What can be read off the arrays of a graph.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include "graph/graph.h"

uint32_t graph_source(const struct graph *graph, uint32_t edge)
{
    uint32_t low = 0, high = graph->nodes; /* first[low] <= edge < first[high] */
    while (high - low > 1) {
        uint32_t middle = low + (high - low) / 2;
        if (graph->first[middle] <= edge)
            low = middle;
        else
            high = middle;
    }
    return low;
}
