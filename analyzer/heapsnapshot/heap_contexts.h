/* heap_contexts.h -- Variables of closures that no function can read any more: dead fields.
 *
 * All closures of a scope share one context. A variable that only a closure used that is gone stays
 * in it as long as any other closure of the scope lives. New versions of V8 write into the snapshot
 * which scope uses which variable; without that, nothing is known.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#ifndef ANALYZER_HEAPSNAPSHOT_HEAP_CONTEXTS_H
#define ANALYZER_HEAPSNAPSHOT_HEAP_CONTEXTS_H

#include "heapsnapshot/heap.h"

struct heap_dead_field {
    uint32_t context, value; /* nodes */
    uint32_t scope_info;     /* the node of the scope */
    uint32_t script;         /* the node of its script */
    uint32_t name;           /* of the variable, in the heap's names */
};

struct heap_dead_fields {
    VEC(struct heap_dead_field) list; /* by context */
    bool is_known;                    /* the snapshot says who uses what */
};

/* False with ERROR filled when the file's tables of scopes are damaged. */
bool heap_contexts_find(const struct heap *heap, struct heap_dead_fields *fields,
                        struct error *error);
void heap_contexts_done(struct heap_dead_fields *fields);

#endif
