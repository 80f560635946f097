/* heap_scopes.h -- The tables of scopes in a heap snapshot: their nesting, variables and uses.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#ifndef ANALYZER_HEAPSNAPSHOT_HEAP_SCOPES_H
#define ANALYZER_HEAPSNAPSHOT_HEAP_SCOPES_H

#include "heapsnapshot/heap.h"

struct heap_scope {
    uint32_t script;                   /* the node */
    uint32_t id;                       /* within the script */
    uint32_t parent;                   /* its number; GRAPH_NONE: none */
    uint32_t variable, variable_count; /* in VARIABLES */
};

/* A scope that uses a variable of another one. */
struct heap_scope_use {
    uint32_t variable, scope;
};

struct heap_scopes {
    VEC(struct heap_scope) list;
    VEC(uint32_t) variables;         /* names */
    VEC(struct heap_scope_use) uses; /* by variable */
    uint32_t *first_use;             /* by variable, and one more */
    struct map by_id;                /* script and id -> number */
};

/* No scope when the file has none. False with ERROR filled; heap_scopes_done in any case. */
bool heap_scopes_read(struct heap_scopes *scopes, const struct heap *heap, struct error *error);
void heap_scopes_done(struct heap_scopes *scopes);

/* The number of scope ID of SCRIPT; GRAPH_NONE: there is none. */
uint32_t heap_scopes_find(const struct heap_scopes *scopes, uint32_t script, uint32_t id);

#endif
