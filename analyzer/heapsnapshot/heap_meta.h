/* heap_meta.h -- The header of a heap snapshot: which field of a row is where, and all counts.
 *
 * Fields and types are found by name, so other versions of V8 may add some.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#ifndef ANALYZER_HEAPSNAPSHOT_HEAP_META_H
#define ANALYZER_HEAPSNAPSHOT_HEAP_META_H

#include "heapsnapshot/heap_file.h"

#include <stdint.h>

enum heap_node {
    HEAP_NODE_HIDDEN,
    HEAP_NODE_ARRAY,
    HEAP_NODE_STRING,
    HEAP_NODE_OBJECT,
    HEAP_NODE_CODE,
    HEAP_NODE_CLOSURE,
    HEAP_NODE_REGEXP,
    HEAP_NODE_NUMBER,
    HEAP_NODE_NATIVE,
    HEAP_NODE_SYNTHETIC,
    HEAP_NODE_CONS_STRING,
    HEAP_NODE_SLICED_STRING,
    HEAP_NODE_OTHER, /* and above: this plus the file's own number */
};

enum heap_edge {
    HEAP_EDGE_CONTEXT,
    HEAP_EDGE_ELEMENT,
    HEAP_EDGE_PROPERTY,
    HEAP_EDGE_INTERNAL,
    HEAP_EDGE_HIDDEN,
    HEAP_EDGE_SHORTCUT,
    HEAP_EDGE_WEAK,
    HEAP_EDGE_OTHER,
};

/* 0 in a file that does not say; DevTools takes every other number for no state. */
enum heap_state { HEAP_STATE_UNKNOWN, HEAP_STATE_ATTACHED, HEAP_STATE_DETACHED };

#define HEAP_FIELDS 24 /* most fields of a row */
#define HEAP_TYPES  64 /* most types */

/* Where the fields of a row are; -1: nowhere. */
struct heap_fields {
    int count;
    int at[8];
};

enum {
    HEAP_NODE_TYPE,
    HEAP_NODE_NAME,
    HEAP_NODE_ID,
    HEAP_NODE_SIZE,
    HEAP_NODE_EDGES,
    HEAP_NODE_STATE,
    HEAP_NODE_FIELDS
};
enum { HEAP_EDGE_KIND, HEAP_EDGE_NAME, HEAP_EDGE_TO, HEAP_EDGE_FIELDS };
enum {
    HEAP_LOCATION_NODE,
    HEAP_LOCATION_SCRIPT,
    HEAP_LOCATION_LINE,
    HEAP_LOCATION_COLUMN,
    HEAP_LOCATION_FIELDS
};
enum {
    HEAP_SCOPE_SCRIPT,
    HEAP_SCOPE_ID,
    HEAP_SCOPE_DEPTH,
    HEAP_SCOPE_VARIABLES,
    HEAP_SCOPE_USES,
    HEAP_SCOPE_FIELDS
};
enum { HEAP_USE_SCOPE, HEAP_USE_SLOT, HEAP_USE_FIELDS };

struct heap_meta {
    struct heap_fields node, edge, location, scope, variable, use;
    uint32_t nodes, edges;
    uint64_t native_bytes;          /* beside the nodes: "extra_native_bytes" */
    uint8_t node_types[HEAP_TYPES]; /* the file's number -> enum heap_node */
    uint8_t edge_types[HEAP_TYPES]; /* the file's number -> enum heap_edge */
    char *type_names[HEAP_TYPES];   /* of nodes, by the file's number */
    int node_type_count, edge_type_count;
};

/* False with ERROR filled when the header is inconsistent; heap_meta_done in any case. */
bool heap_meta_read(struct heap_meta *meta, const struct heap_file *file, struct error *error);
void heap_meta_done(struct heap_meta *meta);

#endif
