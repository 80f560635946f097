/* heap_contexts.c -- Finds dead fields of contexts, by DevTools' rules (ContextAnalyzer.ts).
 *
 * A variable is alive in a context when a scope that uses it lies in a function of which some
 * closure reaches this context: itself or any scope around it.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include "heapsnapshot/heap_contexts.h"

#include "heapsnapshot/heap_scopes.h"

#include <stdlib.h>
#include <string.h>

struct analysis {
    const struct heap *heap;
    struct heap_scopes scopes;
    struct map live;    /* (scope, context): a closure of that scope reaches the context */
    struct map scripts; /* node of a scope's info -> node of its script */
    struct heap_dead_fields *fields;
};

static uint32_t internal_target(const struct heap *heap, uint32_t node, const char *name)
{
    for (uint32_t edge = heap->first[node]; edge < heap->first[node + 1]; edge++)
        if (heap_edge_type(heap, edge) == HEAP_EDGE_INTERNAL &&
            heap_names_equal(&heap->names, heap->edge_name[edge], name))
            return heap->to[edge];
    return GRAPH_NONE;
}

/* The number that V8 hangs on NODE as NAME: a node "int" whose value is a string. */
static bool number_of(const struct heap *heap, uint32_t node, const char *name, uint32_t *number)
{
    uint32_t at = internal_target(heap, node, name);
    if (at == GRAPH_NONE || heap->type[at] != HEAP_NODE_NUMBER ||
        !heap_names_equal(&heap->names, heap->name[at], "int"))
        return false;
    uint32_t value = internal_target(heap, at, "value");
    if (value == GRAPH_NONE)
        return false;
    struct text text = {0};
    char *end;
    const char *digits = heap_names_in(&heap->names, heap->name[value], &text);
    *number = (uint32_t)strtol(digits, &end, 10);
    bool good = end != digits;
    text_done(&text);
    return good;
}

static bool is_context(const struct heap *heap, uint32_t node)
{
    return heap_names_kind(&heap->names, heap->name[node]) & HEAP_NAME_CONTEXT;
}

/* Adds what the closure NODE reaches. */
static void add_closure(struct analysis *analysis, uint32_t node)
{
    const struct heap *heap = analysis->heap;
    uint32_t shared = internal_target(heap, node, "shared"), id;
    uint32_t context = internal_target(heap, node, "context");
    uint32_t script = shared == GRAPH_NONE ? GRAPH_NONE : internal_target(heap, shared, "script");
    if (script == GRAPH_NONE || context == GRAPH_NONE || !number_of(heap, shared, "scope_id", &id))
        return;
    uint32_t scope = heap_scopes_find(&analysis->scopes, script, id);
    bool is_new = scope != GRAPH_NONE;
    while (is_new && context != GRAPH_NONE && is_context(heap, context)) {
        const uint32_t key[] = {scope, context};
        map_add(&analysis->live, key, sizeof key, &is_new);
        context = internal_target(heap, context, "previous");
    }
}

/* Notes which script the scope of the function NODE, a SharedFunctionInfo, is of. */
static void add_function(struct analysis *analysis, uint32_t node)
{
    const struct heap *heap = analysis->heap;
    uint32_t info = internal_target(heap, node, "name_or_scope_info");
    uint32_t script = internal_target(heap, node, "script");
    bool is_new;
    if (info != GRAPH_NONE && script != GRAPH_NONE &&
        heap_names_equal(&heap->names, heap->name[info], "system / ScopeInfo") &&
        heap_names_start(&heap->names, heap->name[script], "system / Script"))
        *map_add(&analysis->scripts, &info, sizeof info, &is_new) = script;
}

/* The script of a scope: that of the nearest scope around it whose function says. */
static uint32_t script_of(const struct analysis *analysis, uint32_t info)
{
    for (int depth = 0; info != GRAPH_NONE && depth < 10000; depth++) {
        const size_t *script = map_find(&analysis->scripts, &info, sizeof info);
        if (script)
            return (uint32_t)*script;
        info = internal_target(analysis->heap, info, "outer_scope_info");
    }
    return GRAPH_NONE;
}

static bool is_used(const struct analysis *analysis, uint32_t variable, uint32_t context)
{
    const struct heap_scopes *scopes = &analysis->scopes;
    for (uint32_t use = scopes->first_use[variable]; use < scopes->first_use[variable + 1]; use++) {
        for (uint32_t scope = scopes->uses.items[use].scope; scope != GRAPH_NONE;
             scope = scopes->list.items[scope].parent) {
            const uint32_t key[] = {scope, context};
            if (map_find(&analysis->live, key, sizeof key))
                return true;
        }
    }
    return false;
}

/* The first variable of SCOPE called NAME; GRAPH_NONE: none is. */
static uint32_t variable_of(const struct heap_scopes *scopes, uint32_t scope, uint32_t name)
{
    const struct heap_scope *own = &scopes->list.items[scope];
    for (uint32_t i = 0; i < own->variable_count; i++)
        if (scopes->variables.items[own->variable + i] == name)
            return own->variable + i;
    return GRAPH_NONE;
}

static void add_context(struct analysis *analysis, uint32_t node)
{
    const struct heap *heap = analysis->heap;
    uint32_t info = internal_target(heap, node, "scope_info"), id;
    uint32_t script = info == GRAPH_NONE ? GRAPH_NONE : script_of(analysis, info);
    if (script == GRAPH_NONE || !number_of(heap, info, "scope_id", &id))
        return;
    uint32_t scope = heap_scopes_find(&analysis->scopes, script, id);
    for (uint32_t edge = heap->first[node]; scope != GRAPH_NONE && edge < heap->first[node + 1];
         edge++) {
        if (heap_edge_type(heap, edge) != HEAP_EDGE_CONTEXT)
            continue;
        uint32_t name = heap->edge_name[edge];
        uint32_t variable = variable_of(&analysis->scopes, scope, name);
        if (variable == GRAPH_NONE || is_used(analysis, variable, node))
            continue;
        struct heap_dead_field field = {node, heap->to[edge], info, script, name};
        VEC_ADD(&analysis->fields->list, field);
    }
}

bool heap_contexts_find(const struct heap *heap, struct heap_dead_fields *fields,
                        struct error *error)
{
    struct analysis analysis = {.heap = heap, .fields = fields};
    *fields = (struct heap_dead_fields){0};
    bool good = heap_scopes_read(&analysis.scopes, heap, error);
    fields->is_known = good && analysis.scopes.list.count > 0;
    for (uint32_t node = 0; fields->is_known && node < heap->meta.nodes; node++) {
        if (heap_names_start(&heap->names, heap->name[node], "system / Script") ||
            is_context(heap, node))
            continue;
        if (heap->type[node] == HEAP_NODE_CLOSURE)
            add_closure(&analysis, node);
        else if (heap_names_start(&heap->names, heap->name[node], "system / SharedFunctionInfo"))
            add_function(&analysis, node);
    }
    for (uint32_t node = 0; fields->is_known && node < heap->meta.nodes; node++)
        if (is_context(heap, node))
            add_context(&analysis, node);
    heap_scopes_done(&analysis.scopes);
    map_done(&analysis.live);
    map_done(&analysis.scripts);
    return good;
}

void heap_contexts_done(struct heap_dead_fields *fields)
{
    VEC_DONE(&fields->list);
}
