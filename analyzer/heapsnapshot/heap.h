/* heap.h -- One heap snapshot of V8 in memory, read and reckoned by DevTools' rules.
 *
 * The source of DevTools (chrome-devtools-frontend, HeapSnapshot.ts) says what the rules are; each
 * file here has those of one question. Strings stay in the mapped file and are known by index.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#ifndef ANALYZER_HEAPSNAPSHOT_HEAP_H
#define ANALYZER_HEAPSNAPSHOT_HEAP_H

#include "base/error.h"
#include "graph/dominators.h"
#include "graph/graph.h"
#include "heapsnapshot/heap_classes.h"
#include "heapsnapshot/heap_file.h"
#include "heapsnapshot/heap_meta.h"
#include "heapsnapshot/heap_names.h"
#include "heapsnapshot/heap_shapes.h"

/* The low bits of an edge's flags are its type. */
#define HEAP_EDGE_TYPE GRAPH_OWN

struct heap {
    struct heap_file file;
    struct heap_meta meta;
    struct heap_names names;
    struct graph graph;

    /* Columns of nodes; NAME and SIZE as DevTools changes them. */
    uint8_t *type;  /* enum heap_node, or HEAP_NODE_OTHER and above */
    uint8_t *state; /* enum heap_state */
    uint32_t *name, *id, *size, *first;

    /* Columns of edges. */
    uint32_t *to, *edge_name; /* a name's index, or a number: heap_edge_has_name */
    uint8_t *flags;

    uint32_t *locations; /* of LOCATION_COUNT nodes: node, script, line, column (both from 0 on) */
    uint32_t location_count;
    bool has_user_roots; /* false: taken with "expose internals" */

    int32_t *distance;
    struct dominators dominators;
    uint64_t *retained;
    struct heap_shapes shapes; /* of plain objects */
    struct heap_classes classes;
};

#define HEAP_NO_DISTANCE     (-5)
#define HEAP_SYSTEM_DISTANCE 100000000 /* and above: only reached through the system's roots */

/* NULL with ERROR filled when PATH is no heap snapshot or a damaged one. */
struct heap *heap_open(const char *path, struct error *error);
void heap_close(struct heap *heap);

/* Whether PATH is named like a heap snapshot. */
bool heap_is_named(const char *path);

static inline enum heap_edge heap_edge_type(const struct heap *heap, uint32_t edge)
{
    return (enum heap_edge)(heap->flags[edge] & HEAP_EDGE_TYPE);
}

/* Elements and hidden edges have numbers in place of names. */
static inline bool heap_edge_has_name(const struct heap *heap, uint32_t edge)
{
    enum heap_edge type = heap_edge_type(heap, edge);
    return type != HEAP_EDGE_ELEMENT && type != HEAP_EDGE_HIDDEN;
}

/* Bytes of the whole heap, as DevTools' Statistics gives them. */
uint64_t heap_total(const struct heap *heap);

#endif
