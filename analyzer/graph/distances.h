/* distances.h -- How many edges away nodes are, nearest first.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#ifndef ANALYZER_GRAPH_DISTANCES_H
#define ANALYZER_GRAPH_DISTANCES_H

#include "graph/graph.h"

#include <stdbool.h>
#include <stddef.h>

/* Whether EDGE of FROM may be followed; called for edges with GRAPH_ASKED to unreached nodes. */
typedef bool distances_ask(void *owner, uint32_t from, uint32_t edge);

/* A search, nearest first, along edges that have all of FLAGS. */
struct distances {
    const struct graph *graph;
    unsigned flags;
    distances_ask *ask; /* NULL: every edge may be followed */
    void *owner;
    int32_t unreached; /* the distance of a node not yet reached */
    int32_t *of;       /* by node; all UNREACHED before the first walk */
    uint32_t *queue;   /* room for as many nodes as there are, and the starts */
    uint32_t *through; /* by node: the edge that reached it; NULL: not wanted */
};

/* Goes on from COUNT nodes in the queue, whose distances are set. Returns how many nodes were in
 * the queue in all. */
size_t distances_walk(struct distances *distances, size_t count);

#endif
