/* paths.h -- A short way from the root to every node, and nodes grouped by what their ways are
 * like.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#ifndef ANALYZER_GRAPH_PATHS_H
#define ANALYZER_GRAPH_PATHS_H

#include "graph/graph.h"

/* Ways along edges that retain. Edges with GRAPH_LATE are followed only to what no other way leads
 * to. */
struct paths {
    uint32_t *through; /* by node: the last edge of its way; GRAPH_NONE: the root, or unreached */
    uint32_t *parent;  /* by node: where that edge begins; GRAPH_NONE alike */
    uint32_t *order;   /* COUNT nodes, each after its parent; the root first */
    uint32_t count;
};

struct paths paths_of(const struct graph *graph);
void paths_done(struct paths *paths);

/* A number for each node, equal where ways are alike. LABEL gives what counts of the edge of FROM
 * and of its target; where a node's label is its parent's, as in a chain, both have the same
 * number. free() it. */
typedef uint64_t paths_label(const void *owner, uint32_t from, uint32_t edge);
uint64_t *paths_shapes(const struct graph *graph, const struct paths *paths, paths_label *label,
                       const void *owner);

#endif
