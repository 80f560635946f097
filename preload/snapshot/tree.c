/* tree.c -- The frames of many stacks as one tree, so that common callers are stored once.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include "snapshot/tree.h"

#include <stdbool.h>
#include <string.h>

#include "base/memory.h"

static struct tree_slot *slot_of(struct tree_ids *ids, uint64_t a, uint64_t b)
{
    size_t at = stacks_hash_end(stacks_hash_add(a, b)) & (ids->room - 1);
    while (ids->slots[at].id && (ids->slots[at].a != a || ids->slots[at].b != b))
        at = (at + 1) & (ids->room - 1);
    return &ids->slots[at];
}

/* Makes sure that one more of `used` pairs fits in. */
static bool ids_make_room(struct tree_ids *ids, size_t used)
{
    if (used * 2 < ids->room)
        return true;
    struct tree_ids old = *ids;
    size_t room = old.room ? old.room * 2 : 4096;
    struct tree_slot *slots = memory_alloc(room * sizeof *slots);
    if (!slots)
        return false;
    memset(slots, 0, room * sizeof *slots);
    *ids = (struct tree_ids){slots, room};
    for (size_t i = 0; i < old.room; i++)
        if (old.slots[i].id)
            *slot_of(ids, old.slots[i].a, old.slots[i].b) = old.slots[i];
    memory_free(old.slots);
    return true;
}

static uint32_t add_location(struct tree *tree, const struct tree_location *location)
{
    if (!ids_make_room(&tree->location_ids, tree->location_count) ||
        !memory_make_room(&tree->locations, sizeof *tree->locations, tree->location_count,
                          &tree->location_room))
        return 0;
    /* A location of JIT code has no module but a name, of which there may be several. */
    uintptr_t whose =
        location->module ? (uintptr_t)location->module : (uintptr_t)location->jit.name;
    struct tree_slot *slot = slot_of(&tree->location_ids, location->address, whose);
    if (!slot->id) {
        tree->locations[tree->location_count++] = *location;
        *slot = (struct tree_slot){location->address, whose, (uint32_t)tree->location_count};
    }
    return slot->id;
}

static uint32_t add_node(struct tree *tree, uint32_t parent, uint32_t location)
{
    if (!ids_make_room(&tree->node_ids, tree->node_count) ||
        !memory_make_room(&tree->nodes, sizeof *tree->nodes, tree->node_count, &tree->node_room))
        return parent;
    struct tree_slot *slot = slot_of(&tree->node_ids, parent, location);
    if (!slot->id) {
        tree->nodes[tree->node_count++] = (struct tree_node){parent, location};
        *slot = (struct tree_slot){parent, location, (uint32_t)tree->node_count};
    }
    return slot->id;
}

uint32_t tree_add(struct tree *tree, const struct stack *stack, const struct jitnames *names)
{
    uint32_t node = 0;
    for (unsigned i = stack->depth; i-- > 0;) {
        uintptr_t address = stack->frames[i];
        if (address >= modules_own_start && address < modules_own_end)
            continue;
        struct tree_location at = {.address = address,
                                   .module = modules_find_in(address, stack->generation)};
        if (!at.module && names)
            at.jit = jitnames_find(names, address, stack);
        uint32_t location = add_location(tree, &at);
        if (location)
            node = add_node(tree, node, location);
    }
    if (!stack->pool)
        return node;
    struct tree_location pool = {.address = (uintptr_t)stack->pool, .pool = stack->pool};
    uint32_t location = add_location(tree, &pool);
    return location ? add_node(tree, node, location) : node;
}

void tree_done(struct tree *tree)
{
    memory_free(tree->locations);
    memory_free(tree->nodes);
    memory_free(tree->location_ids.slots);
    memory_free(tree->node_ids.slots);
    *tree = (struct tree){0};
}
