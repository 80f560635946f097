/* calltree.h -- The stacks of a comparison as one tree, from main down or from the leaves up.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#ifndef ANALYZER_COMPARE_CALLTREE_H
#define ANALYZER_COMPARE_CALLTREE_H

#include "compare/listing.h"

struct calltree_node {
    const char *name;
    int64_t value;        /* of all stacks that pass here */
    uint32_t parent;      /* STORE_NONE for the root, which is node 0 */
    uint32_t child, next; /* first child and next sibling; STORE_NONE; by value, largest first */
};

struct calltree {
    VEC(struct calltree_node) nodes;
    struct pool *pool;
};

/* IS_BOTTOM_UP: the functions that allocate lie below the root, their callers below them.
 * ALL_FRAMES: with runtime and library frames; otherwise only the user's and the frame that names
 * the site. By threads or labels, these stand right below the root. */
struct calltree *calltree_new(const struct comparison *comparison,
                              const struct listing_options *options, bool is_bottom_up,
                              bool all_frames);
void calltree_free(struct calltree *tree);

#endif
