/* heap_scopes.c -- Reads the tables of scopes.
 *
 * "scopes" lists the scopes of each script, outer ones first, with their depth; the variables and
 * the uses of a scope follow those of the scope before it in two tables of their own.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include "heapsnapshot/heap_scopes.h"

#include "heapsnapshot/heap_numbers.h"

#include <stdlib.h>

#define DEEPEST 4096

struct table {
    uint32_t *rows;
    size_t count;
    const struct heap_fields *fields;
};

static bool read_table(struct table *table, const struct heap *heap, enum heap_section section,
                       const struct heap_fields *fields, struct error *error)
{
    table->fields = fields;
    if (!heap->file.sections[section].bytes)
        return error_set(error, NULL, "%s has no \"%s\"", heap->file.path,
                         heap_file_section_name(section));
    table->rows = heap_numbers_read_rows(heap, section, fields->count, &table->count, error);
    return table->rows != NULL;
}

static uint32_t cell(const struct table *table, size_t row, int field)
{
    return table->rows[row * (size_t)table->fields->count + (size_t)table->fields->at[field]];
}

static uint64_t key_of(uint32_t script, uint32_t id)
{
    return (uint64_t)script << 32 | id;
}

uint32_t heap_scopes_find(const struct heap_scopes *scopes, uint32_t script, uint32_t id)
{
    uint64_t key = key_of(script, id);
    const size_t *number = map_find(&scopes->by_id, &key, sizeof key);
    return number ? (uint32_t)*number : GRAPH_NONE;
}

/* Adds scope ROW; OPEN: the last scope of each depth. Returns whether it makes sense. */
static bool add_scope(struct heap_scopes *scopes, const struct heap *heap,
                      const struct table *table, size_t row, uint32_t *open)
{
    uint32_t fields = (uint32_t)heap->meta.node.count, depth = cell(table, row, HEAP_SCOPE_DEPTH);
    uint32_t script = cell(table, row, HEAP_SCOPE_SCRIPT) / fields;
    uint32_t last = scopes->list.count > 0 ? scopes->list.items[scopes->list.count - 1].script : 0;
    if (row == 0 || script != last)
        for (uint32_t i = 0; i < DEEPEST; i++)
            open[i] = GRAPH_NONE;
    if (depth >= DEEPEST || (depth > 0 && open[depth - 1] == GRAPH_NONE))
        return false;
    struct heap_scope scope = {.script = script,
                               .id = cell(table, row, HEAP_SCOPE_ID),
                               .parent = depth > 0 ? open[depth - 1] : GRAPH_NONE,
                               .variable = (uint32_t)scopes->variables.count,
                               .variable_count = cell(table, row, HEAP_SCOPE_VARIABLES)};
    open[depth] = (uint32_t)scopes->list.count;
    if (depth + 1 < DEEPEST)
        open[depth + 1] = GRAPH_NONE;
    uint64_t key = key_of(script, scope.id);
    bool is_new;
    *map_add(&scopes->by_id, &key, sizeof key, &is_new) = scopes->list.count;
    VEC_ADD(&scopes->list, scope);
    return true;
}

static bool add_variables(struct heap_scopes *scopes, const struct heap *heap,
                          const struct table *table)
{
    struct heap_scope *scope = &scopes->list.items[scopes->list.count - 1];
    for (uint32_t i = 0; i < scope->variable_count; i++) {
        size_t row = scopes->variables.count;
        if (row >= table->count || cell(table, row, 0) >= heap->names.count)
            return false;
        VEC_ADD(&scopes->variables, cell(table, row, 0));
    }
    return true;
}

/* COUNTS: of scopes, whose field says how many uses each has. */
static bool add_uses(struct heap_scopes *scopes, const struct table *counts,
                     const struct table *table)
{
    size_t row = 0;
    for (uint32_t number = 0; number < scopes->list.count; number++) {
        uint32_t script = scopes->list.items[number].script;
        for (uint32_t left = cell(counts, number, HEAP_SCOPE_USES); left > 0; left--, row++) {
            if (row >= table->count)
                return false;
            uint32_t declaring = heap_scopes_find(scopes, script, cell(table, row, HEAP_USE_SCOPE));
            uint32_t slot = cell(table, row, HEAP_USE_SLOT);
            if (declaring == GRAPH_NONE || slot >= scopes->list.items[declaring].variable_count)
                continue;
            struct heap_scope_use use = {scopes->list.items[declaring].variable + slot, number};
            VEC_ADD(&scopes->uses, use);
        }
    }
    return true;
}

static int by_variable(const void *a, const void *b)
{
    const struct heap_scope_use *x = a, *y = b;
    if (x->variable != y->variable)
        return x->variable < y->variable ? -1 : 1;
    return (x->scope > y->scope) - (x->scope < y->scope);
}

static void sort_uses(struct heap_scopes *scopes)
{
    size_t variables = scopes->variables.count;
    scopes->first_use = memory_zeroed(variables + 1, sizeof *scopes->first_use);
    if (scopes->uses.count > 1)
        qsort(scopes->uses.items, scopes->uses.count, sizeof *scopes->uses.items, by_variable);
    uint32_t use = 0;
    for (size_t variable = 0; variable <= variables; variable++) {
        while (use < scopes->uses.count && scopes->uses.items[use].variable < variable)
            use++;
        scopes->first_use[variable] = use;
    }
}

bool heap_scopes_read(struct heap_scopes *scopes, const struct heap *heap, struct error *error)
{
    struct table tables[3] = {0};
    const struct heap_meta *meta = &heap->meta;
    bool is_there = meta->variable.at[0] >= 0 && meta->use.at[0] >= 0 && meta->use.at[1] >= 0;
    for (int i = 0; i < HEAP_SCOPE_FIELDS; i++)
        is_there = is_there && meta->scope.at[i] >= 0;
    if (!is_there)
        return true;
    bool good =
        read_table(&tables[0], heap, HEAP_SECTION_SCOPES, &meta->scope, error) &&
        read_table(&tables[1], heap, HEAP_SECTION_SCOPE_VARIABLES, &meta->variable, error) &&
        read_table(&tables[2], heap, HEAP_SECTION_SCOPE_USES, &meta->use, error);
    uint32_t *open = memory_zeroed(DEEPEST, sizeof *open);
    for (size_t row = 0; good && row < tables[0].count; row++)
        good = (add_scope(scopes, heap, &tables[0], row, open) &&
                add_variables(scopes, heap, &tables[1])) ||
               error_set(error, NULL, "%s: row %zu of \"scopes\" is inconsistent", heap->file.path,
                         row);
    good = good && (add_uses(scopes, &tables[0], &tables[2]) ||
                    error_set(error, NULL, "%s: \"scope_uses\" is too short", heap->file.path));
    if (good)
        sort_uses(scopes);
    free(open);
    for (int i = 0; i < 3; i++)
        free(tables[i].rows);
    return good;
}

void heap_scopes_done(struct heap_scopes *scopes)
{
    VEC_DONE(&scopes->list);
    VEC_DONE(&scopes->variables);
    VEC_DONE(&scopes->uses);
    free(scopes->first_use);
    map_done(&scopes->by_id);
}
