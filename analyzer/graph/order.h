/* order.h -- The nodes of a graph in the order in which a depth-first search meets them.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#ifndef ANALYZER_GRAPH_ORDER_H
#define ANALYZER_GRAPH_ORDER_H

#include "graph/graph.h"

/* Nodes have numbers from 0 on, in the order of their discovery; the root's is 0. */
struct order {
    uint32_t reached; /* by edges that retain, from the root */
    uint32_t found;   /* of these and of the orphans with all that they reach: numbers up to here */
    uint32_t *node;   /* by number */
    uint32_t *number; /* by node */
    uint32_t *parent; /* by number: the number of the node that it was discovered from */
    uint8_t
        *is_orphan; /* by number, a bit each: nothing retains it. It counts as the root's child */
};

/* Searches from the root, and then, in ascending order, from each node that nothing retains. Nodes
 * that even these do not reach (circles that nothing retains) get the last numbers, the root as
 * parent, and no search of their own. */
struct order order_of(const struct graph *graph);
void order_done(struct order *order);

#endif
