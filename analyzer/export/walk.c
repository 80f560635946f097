/* walk.c -- Through a call tree depth first, without recursion.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include "export/walk.h"

#include <stdlib.h>

uint8_t *walk_used(const struct tree *tree, const int64_t *values)
{
    uint8_t *used = memory_zeroed(tree->nodes.count + 1, 1);
    for (uint32_t i = 0; i < tree->nodes.count; i++) {
        uint32_t node = values[i] != 0 ? i : TREE_ROOT;
        while (node != TREE_ROOT && !used[node]) {
            used[node] = 1;
            node = tree->nodes.items[node].parent;
        }
    }
    return used;
}

/* The list that a node is in: its parent's, or at COUNT the root's. */
static size_t list_of(const struct tree *tree, uint32_t node, bool with_groups)
{
    uint32_t parent = tree->nodes.items[node].parent;
    if (parent == TREE_ROOT || (parent < GROUP_COUNT && !with_groups))
        return tree->nodes.count;
    return parent;
}

void walk_make(struct walk *walk, const struct tree *tree, const uint8_t *used, bool with_groups)
{
    size_t count = tree->nodes.count;
    uint32_t first = with_groups ? 0 : GROUP_COUNT;
    uint32_t *ends = memory_zeroed(count + 3, sizeof *ends), *starts = ends + 1;
    *walk = (struct walk){.first_child = ends};
    walk->children = memory_zeroed(count + 1, sizeof *walk->children);
    for (uint32_t i = first; i < count; i++)
        starts[list_of(tree, i, with_groups) + 1] += used[i];
    for (size_t i = 1; i < count + 2; i++)
        starts[i] += starts[i - 1];
    for (uint32_t i = first; i < count;
         i++) { /* moves each start to its end, the next one's start */
        if (used[i])
            walk->children[starts[list_of(tree, i, with_groups)]++] = i;
    }
    walk->way[0].next = walk->first_child[count];
    walk->way[0].end = walk->first_child[count + 1];
}

void walk_done(struct walk *walk)
{
    free(walk->children);
    free(walk->first_child);
    *walk = (struct walk){0};
}

enum walk_step walk_next(struct walk *walk)
{
    if (walk->way[walk->depth].next == walk->way[walk->depth].end) {
        if (walk->depth == 0)
            return WALK_DONE;
        walk->node = walk->way[walk->depth--].node;
        return WALK_LEAVE;
    }
    walk->node = walk->children[walk->way[walk->depth].next++];
    walk->depth++;
    walk->way[walk->depth].node = walk->node;
    walk->way[walk->depth].next = walk->first_child[walk->node];
    walk->way[walk->depth].end = walk->first_child[walk->node + 1];
    return WALK_ENTER;
}
