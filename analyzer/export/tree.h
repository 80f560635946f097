/* tree.h -- The call tree: the stacks of a set of snapshots from the outermost frame to the leaf.
 *
 * One tree serves all snapshots of a set, so that a frame reached the same way has the same number
 * in each of them. Frames merge when function, file (or module), line and column are the same.
 * Below the root stands a group for each sort of memory: blocks, buffers, mappings.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#ifndef ANALYZER_EXPORT_TREE_H
#define ANALYZER_EXPORT_TREE_H

#include "base/map.h"
#include "base/text.h"
#include "frames/frames.h"

enum tree_group { GROUP_BLOCKS, GROUP_BUFFERS, GROUP_MAPPINGS, GROUP_JS, GROUP_COUNT };

/* The first GROUP_COUNT nodes of a tree are its groups; parents stand before their children. */
#define TREE_ROOT UINT32_MAX

/* DevTools walks some of its trees by recursion. Of deeper stacks the middle is left out. */
#define TREE_DEEPEST 512

struct tree_node {
    uint32_t parent; /* TREE_ROOT for a group */
    uint32_t frame;  /* index into frames */
    uint32_t depth;  /* 0 for a group */
};

/* Valid UTF-8, borrowed from the tree. */
struct tree_frame {
    const char *name;     /* "function (file:line)", "function (module)" */
    const char *function; /* alone when the line is known, else as NAME: tools show no place then */
    const char *place;    /* the file when the line is known, else "" */
    uint32_t script;      /* number of the place, from 1; 0 without one */
    int line, column;     /* from 1; 0 when unknown */
};

struct tree {
    VEC(struct tree_node) nodes;
    VEC(struct tree_frame) frames;
    struct map node_index, frame_index, scripts;
    struct pool *texts;
};

void tree_init(struct tree *tree);
void tree_done(struct tree *tree);

/* Of each stack all frames, or its site and those of the callers that are no runtime's. */
enum tree_stacks { TREE_WHOLE, TREE_FROM_SITE };

/* Adds the stacks of a snapshot that hold live blocks; WITH_FREED, also those whose blocks are all
 * free. ROOTS: by index of the stack, names of frames further out than all others; NULL: none.
 * Returns the leaf of each, by index of the stack; free() it. */
uint32_t *tree_add(struct tree *tree, const struct store *store, struct frames *frames,
                   const char *const *roots, enum tree_stacks stacks, bool with_freed);

enum tree_group tree_group_of(enum block_kind kind);

/* A name that DevTools takes as it is: what begins with '<' would be cut at the first blank. */
void tree_safe_name(const char *name, struct text *out);

#endif
