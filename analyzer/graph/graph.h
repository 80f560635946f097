/* graph.h -- Who points to whom: nodes and edges as arrays, whatever they stand for.
 *
 * Words: a node *retains* another when an edge with GRAPH_RETAINS leads from it to the other. A
 * node *dominates* another when every way of such edges from the root passes through it; its
 * *retained size* is its own and that of all nodes that it dominates: what would go with it.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#ifndef ANALYZER_GRAPH_GRAPH_H
#define ANALYZER_GRAPH_GRAPH_H

#include <stdint.h>

#define GRAPH_NONE UINT32_MAX /* no node, no edge */

/* Flags of an edge; the low bits are the owner's. */
#define GRAPH_RETAINS 0x80u /* the source keeps the target alive */
#define GRAPH_WALKED  0x40u /* distances follow it … */
#define GRAPH_ASKED   0x20u /* … but only when the owner says yes, each time anew */
#define GRAPH_LATE    0x10u /* ways to the root that are shown avoid it where they can */
#define GRAPH_OWN     0x0fu

/* The arrays are borrowed. Node N has the edges FIRST[N] to FIRST[N + 1] - 1. */
struct graph {
    uint32_t nodes, edges, root;
    const uint32_t *first; /* nodes + 1 */
    const uint32_t *to;    /* an edge's target */
    const uint8_t *flags;  /* an edge's flags */
};

/* The node that EDGE begins at. */
uint32_t graph_source(const struct graph *graph, uint32_t edge);

#endif
