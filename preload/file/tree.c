/* tree.c -- The frames of many stacks as one tree, so that common callers are stored once.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include "file/tree.h"

#include <stdbool.h>
#include <string.h>

#include "base/memory.h"
#include "tables/places.h"

/* A location of JIT code has no module but a name, of which there may be several. */
static uintptr_t tree_whose(const struct tree_location *location)
{
    return location->module ? (uintptr_t)location->module : (uintptr_t)location->jit.name;
}

static uint64_t location_hash(const struct tree_location *location)
{
    return stacks_hash_end(stacks_hash_add(location->address, tree_whose(location)));
}

/* A node's hash does not need its parent's id: all nodes of a stack can be fetched at once. */
static uint32_t node_hash(uint32_t parent_hash, uintptr_t address)
{
    return (uint32_t)stacks_hash_end(stacks_hash_add(parent_hash, address));
}

static bool is_own(uintptr_t address)
{
    return address >= modules_own_start && address < modules_own_end;
}

/* Makes room for one more than `used`. *moved: the table is empty afterwards, and its entries must
 * be put in again. */
static bool ids_make_room(struct tree_ids *ids, size_t used, bool *moved)
{
    *moved = used * 2 >= ids->room;
    if (!*moved)
        return true;
    size_t room = ids->room ? ids->room * 4 : 4096;
    uint32_t *slots = memory_alloc(room * sizeof *slots);
    if (!slots)
        return false;
    memset(slots, 0, room * sizeof *slots);
    memory_free(ids->slots);
    *ids = (struct tree_ids){slots, room};
    return true;
}

static void ids_put(struct tree_ids *ids, uint64_t hash, uint32_t id)
{
    size_t at = hash & (ids->room - 1);
    while (ids->slots[at])
        at = (at + 1) & (ids->room - 1);
    ids->slots[at] = id;
}

static bool location_room(struct tree *tree)
{
    bool moved;
    if (!ids_make_room(&tree->location_ids, tree->location_count, &moved))
        return false;
    for (size_t i = 0; moved && i < tree->location_count; i++)
        ids_put(&tree->location_ids, location_hash(&tree->locations[i]), (uint32_t)i + 1);
    return memory_make_room(&tree->locations, sizeof *tree->locations, tree->location_count,
                            &tree->location_room);
}

static bool node_room(struct tree *tree)
{
    bool moved;
    if (!ids_make_room(&tree->node_ids, tree->node_count, &moved))
        return false;
    for (size_t i = 0; moved && i < tree->node_count; i++)
        ids_put(&tree->node_ids, tree->nodes[i].hash, (uint32_t)i + 1);
    return memory_make_room(&tree->nodes, sizeof *tree->nodes, tree->node_count, &tree->node_room);
}

static uint32_t add_location(struct tree *tree, const struct tree_location *location)
{
    if (!location_room(tree))
        return 0;
    const struct tree_ids *ids = &tree->location_ids;
    size_t at = location_hash(location) & (ids->room - 1);
    for (; ids->slots[at]; at = (at + 1) & (ids->room - 1)) {
        const struct tree_location *known = &tree->locations[ids->slots[at] - 1];
        if (known->address == location->address && tree_whose(known) == tree_whose(location))
            return ids->slots[at];
    }
    tree->locations[tree->location_count++] = *location;
    return ids->slots[at] = (uint32_t)tree->location_count;
}

static uint32_t add_node(struct tree *tree, uint32_t parent, uint32_t location, uint32_t hash)
{
    struct tree_node node = {parent, location, hash};
    if (!node_room(tree))
        return parent;
    const struct tree_ids *ids = &tree->node_ids;
    size_t at = hash & (ids->room - 1);
    for (; ids->slots[at]; at = (at + 1) & (ids->room - 1)) {
        const struct tree_node *known = &tree->nodes[ids->slots[at] - 1];
        if (known->parent == parent && known->location == location)
            return ids->slots[at];
    }
    tree->nodes[tree->node_count++] = node;
    return ids->slots[at] = (uint32_t)tree->node_count;
}

/* Hashes the frames that differ from the stack before, and prefetches the memory that the search
 * for their nodes needs: first the ids, then the nodes. */
static void look_ahead(struct tree *tree, const struct stack *stack, unsigned known)
{
    const struct tree_ids *ids = &tree->node_ids;
    uint32_t hash = known ? tree->path[known - 1].hash : 0;
    for (unsigned i = known; i < stack->depth; i++) {
        uintptr_t frame = stack->frames[stack->depth - 1 - i];
        hash = is_own(frame) ? hash : node_hash(hash, frame);
        tree->path[i].hash = hash;
        if (ids->room)
            __builtin_prefetch(&ids->slots[hash & (ids->room - 1)], 1);
    }
    for (unsigned i = known; ids->room && i < stack->depth; i++) {
        uint32_t id = ids->slots[tree->path[i].hash & (ids->room - 1)];
        if (id)
            __builtin_prefetch(&tree->nodes[id - 1]);
    }
}

static uint32_t find_location(struct tree *tree, const struct stack *stack, uintptr_t frame,
                              const struct jitnames *names, bool *is_lasting)
{
    struct tree_recent *recent = &tree->recent[(frame ^ frame >> 8) % TREE_RECENT];
    *is_lasting = true;
    if (recent->location && recent->frame == frame && recent->generation == stack->generation)
        return recent->location;
    struct tree_location at = {
        .address = frame,
        .module = places_is(frame) ? NULL : modules_find_in(frame, stack->generation)};
    if (names && at.module)
        at.jit.name = builtins_find(&names->builtins, frame - 1);
    else if (names)
        at.jit = jitnames_find(names, frame, stack);
    *is_lasting = at.module || places_is(frame);
    uint32_t location = add_location(tree, &at);
    if (*is_lasting)
        *recent = (struct tree_recent){frame, stack->generation, location};
    return location;
}

/* The step from the parent's node to the frame's. */
static void add_frame(struct tree *tree, uint32_t parent, const struct stack *stack,
                      struct tree_step *step, const struct jitnames *names)
{
    step->node = parent;
    step->is_lasting = true;
    if (is_own(step->frame))
        return;
    uint32_t location = find_location(tree, stack, step->frame, names, &step->is_lasting);
    if (location)
        step->node = add_node(tree, parent, location, step->hash);
}

/* How many of the outermost frames are those of the stack before. JIT code may have had another
 * name when that one was first seen. */
static unsigned common_callers(const struct tree *tree, const struct stack *stack)
{
    unsigned count = 0;
    if (tree->path_generation != stack->generation)
        return 0;
    while (count < tree->path_length && count < stack->depth && tree->path[count].is_lasting &&
           tree->path[count].frame == stack->frames[stack->depth - 1 - count])
        count++;
    return count;
}

static bool path_room(struct tree *tree, unsigned depth)
{
    while (tree->path_room < depth)
        if (!memory_make_room(&tree->path, sizeof *tree->path, tree->path_room, &tree->path_room))
            return false;
    return true;
}

uint32_t tree_add(struct tree *tree, const struct stack *stack, const struct jitnames *names)
{
    unsigned known = common_callers(tree, stack);
    uint32_t node = known ? tree->path[known - 1].node : 0;
    if (!path_room(tree, stack->depth))
        return 0;
    look_ahead(tree, stack, known);
    for (unsigned i = known; i < stack->depth; i++) {
        tree->path[i].frame = stack->frames[stack->depth - 1 - i];
        add_frame(tree, node, stack, &tree->path[i], names);
        node = tree->path[i].node;
    }
    tree->path_length = stack->depth;
    tree->path_generation = stack->generation;
    if (!stack->pool)
        return node;
    struct tree_location pool = {.address = (uintptr_t)stack->pool, .pool = stack->pool};
    uint32_t location = add_location(tree, &pool);
    uint32_t hash = stack->depth ? tree->path[stack->depth - 1].hash : 0;
    return location ? add_node(tree, node, location, node_hash(hash, pool.address)) : node;
}

void tree_prefetch(const struct tree *tree, const struct stack *stack)
{
    const struct tree_ids *ids = &tree->node_ids;
    if (!stack || !ids->room)
        return;
    unsigned known = common_callers(tree, stack);
    uint32_t hash = known ? tree->path[known - 1].hash : 0;
    for (unsigned i = known; i < stack->depth; i++) {
        uintptr_t frame = stack->frames[stack->depth - 1 - i];
        hash = is_own(frame) ? hash : node_hash(hash, frame);
        __builtin_prefetch(&ids->slots[hash & (ids->room - 1)], 1);
    }
}

void tree_done(struct tree *tree)
{
    memory_free(tree->locations);
    memory_free(tree->nodes);
    memory_free(tree->location_ids.slots);
    memory_free(tree->node_ids.slots);
    memory_free(tree->path);
    *tree = (struct tree){0};
}
