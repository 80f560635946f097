/* layout.h -- The objects of a heap snapshot and where each stands in its file.
 *
 * root -> (GC roots) -> groups -> call tree -> objects. Every object has one owner, so that the
 * retained size of a frame is what is live below it, and the way to the root is the stack. Frames
 * have no size of their own. In the file: the two roots, the frames that lead to something live,
 * the cells, the listed blocks by leaf.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#ifndef ANALYZER_EXPORT_LAYOUT_H
#define ANALYZER_EXPORT_LAYOUT_H

#include "export/numbers.h"

#define LAYOUT_ROOTS 2 /* the root and (GC roots) */

/* Listed blocks that are held in memory at a time, 8 bytes each; tests make it small. */
extern uint64_t layout_window;

struct layout {
    const struct set *set;
    const struct numbers *numbers;
    size_t index;     /* of the snapshot */
    uint32_t *frames; /* nodes of the tree, in their order in the file */
    size_t frame_count;
    uint32_t *positions;   /* place in the file, by node of the tree; 0: not in it */
    uint32_t *children;    /* nodes of the tree, those of a node side by side */
    uint32_t *first_child; /* by node of the tree, and one more */
    uint32_t *stacks;      /* that have listed blocks, by leaf */
    size_t stack_count;
    uint64_t first_cell, first_block, count; /* places in the file */
};

void layout_make(struct layout *layout, const struct set *set, const struct numbers *numbers,
                 size_t index);
void layout_done(struct layout *layout);

/* The listed blocks in the order of the file. For each CALL is given its stack, number and size. */
typedef void (*layout_block)(void *context, uint32_t stack, uint32_t number, uint32_t size);
bool layout_blocks(const struct layout *layout, layout_block call, void *context,
                   struct error *error);

#endif
