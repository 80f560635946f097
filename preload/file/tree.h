/* tree.h -- The frames of many stacks as one tree, so that common callers are stored once.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#ifndef FILE_TREE_H
#define FILE_TREE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "jit/jitnames.h"
#include "tables/modules.h"
#include "tables/stacks.h"

struct tree_location {
    uintptr_t address;
    const struct module *module; /* NULL: JIT code or unknown */
    const char *pool;            /* the name of a custom pool instead of a frame, else NULL */
    struct jitname jit;          /* of JIT code; one address may have had several */
};

struct tree_node {
    uint32_t parent;   /* node id, 0 for the outermost frame */
    uint32_t location; /* location id */
    uint32_t hash;     /* of the addresses from the outermost frame to this one */
};

/* Open addressing over ids, which are indexes + 1. The entries themselves lie in the arrays, so
 * that the table stays small enough for the processor's caches. */
struct tree_ids {
    uint32_t *slots; /* 0: free */
    size_t room;
};

#define TREE_RECENT 256

/* Memory is of the private jemalloc. Begins as {0}. */
struct tree {
    struct tree_location *locations;
    struct tree_node *nodes;
    size_t location_count, node_count;
    size_t location_room, node_room;
    struct tree_ids location_ids, node_ids;
    /* The stack before, outermost frame first: neighbours have callers in common. */
    struct tree_step {
        uintptr_t frame;
        uint32_t node;
        uint32_t hash;   /* of the node */
        bool is_lasting; /* its name does not depend on when it was seen */
    } * path;
    size_t path_length, path_room;
    uint32_t path_generation;
    /* Lasting ones that frames led to of late: no need to look for their modules again. */
    struct tree_recent {
        uintptr_t frame;
        uint32_t generation, location; /* location 0: free */
    } recent[TREE_RECENT];
};

/* The node of the stack's leaf, 0 when it has no frames or there is no memory. Frames inside
 * libheapdiff.so are left out. NAMES, answered, name the JIT code; NULL: it has no names. */
uint32_t tree_add(struct tree *tree, const struct stack *stack, const struct jitnames *names);

/* Begins to fetch the memory that an add of this stack will want, when it is the next one; NULL:
 * nothing. */
void tree_prefetch(const struct tree *tree, const struct stack *stack);

void tree_done(struct tree *tree);

#endif
