/* borrow.c -- Stacks of an earlier snapshot of a process, known by their ids.
 *
 * The shim numbers a stack when it is first seen, and its frames never change. So a snapshot of the
 * same process needs no frames of its own: most of a series' bytes are not read. Ids of nodes and
 * locations are not as stable, and those of stacks count only when all else agrees: the life of the
 * process, where its modules lie (no two runs have them at the same addresses), each stack's kind,
 * and that its counter has not gone back. Stacks of JavaScript's objects have no lasting ids: a
 * snapshot that has some keeps its own frames.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include "store/store.h"

#include <string.h>

static bool is_same_module(const struct store_module *a, const struct store_module *b)
{
    if (a->start != b->start || strcmp(a->path, b->path) != 0)
        return false;
    return a->build_id && b->build_id ? strcmp(a->build_id, b->build_id) == 0
                                      : a->build_id == b->build_id;
}

/* Modules are listed in the order in which they were loaded, for ever. */
static bool has_modules_of(const struct store *store, const struct store *last)
{
    if (store->modules.count == 0 || store->modules.count > last->modules.count)
        return false;
    for (size_t i = 0; i < store->modules.count; i++) {
        if (!is_same_module(&store->modules.items[i], &last->modules.items[i]))
            return false;
    }
    return true;
}

/* Both are ordered by id. */
static bool borrow_stacks(struct store *store, const struct store *last)
{
    size_t at = 0;
    for (size_t i = 0; i < store->stacks.count; i++) {
        struct store_stack *stack = &store->stacks.items[i];
        while (at < last->stacks.count && last->stacks.items[at].id < stack->id)
            at++;
        const struct store_stack *known = &last->stacks.items[at];
        if (at == last->stacks.count || known->id != stack->id || known->kind != stack->kind ||
            known->allocations < stack->allocations)
            return false;
        stack->node = known->node;
    }
    return true;
}

bool store_borrow_nodes(struct store *store, const struct store *last)
{
    store->has_borrowed_nodes = !store->has_js && store_is_same_process(store, last) &&
                                has_modules_of(store, last) && borrow_stacks(store, last);
    return store->has_borrowed_nodes;
}
