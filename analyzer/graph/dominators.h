/* dominators.h -- For each node the nearest one that every way to it passes, and what follows.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#ifndef ANALYZER_GRAPH_DOMINATORS_H
#define ANALYZER_GRAPH_DOMINATORS_H

#include "graph/graph.h"

/* The tree of dominators. A node that nothing retains hangs on the root, and so does each node of a
 * circle that nothing else retains. */
struct dominators {
    uint32_t nodes;
    uint32_t reached;   /* by edges that retain, from the root */
    uint32_t *of;       /* by node: its immediate dominator; the root's is itself */
    uint32_t *top_down; /* all nodes, each after its dominator; the root first */
};

struct dominators dominators_of(const struct graph *graph);
void dominators_done(struct dominators *dominators);

/* RETAINED[N] becomes SIZES[N] and the sizes of all nodes that N dominates. */
void dominators_sum(const struct dominators *dominators, const uint32_t *sizes, uint64_t *retained);

/* SUMS[G] becomes what the nodes of group G retain together: the sum over those of them that no
 * other of the group dominates. GROUPS: by node. Nodes of size 0 are passed over. SUMS: GROUP_COUNT
 * zeros. IS_TOPMOST, when not NULL: a bit for each node, set for those that were summed. */
void dominators_sum_groups(const struct dominators *dominators, const uint32_t *groups,
                           uint32_t group_count, const uint32_t *sizes, const uint64_t *retained,
                           uint64_t *sums, uint8_t *is_topmost);

#endif
