/* walk.h -- Through a call tree depth first, without recursion.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#ifndef ANALYZER_EXPORT_WALK_H
#define ANALYZER_EXPORT_WALK_H

#include "export/tree.h"

enum walk_step { WALK_ENTER, WALK_LEAVE, WALK_DONE };

struct walk {
    uint32_t *children, *first_child; /* by node of the tree; the last list is the root's */
    struct {
        uint32_t node, next, end;
    } way[TREE_DEEPEST + 3]; /* root, group, frames */
    size_t depth;
    uint32_t node; /* that was entered or left */
};

/* For each node of the tree whether it or one below it has a number in VALUES; free() it. */
uint8_t *walk_used(const struct tree *tree, const int64_t *values);

/* Walks the nodes that USED marks; without WITH_GROUPS as if the groups' children were the
 * root's. */
void walk_make(struct walk *walk, const struct tree *tree, const uint8_t *used, bool with_groups);
void walk_done(struct walk *walk);

enum walk_step walk_next(struct walk *walk);

#endif
