/* layout.c -- The objects of a heap snapshot and where each stands in its file.
 *
 * Blocks come from the snapshot by address and go into the file by leaf. They are not sorted: where
 * each belongs is known from the counts of its stack, so a window of the file is filled while all
 * blocks pass by, then the next window. Memory is the window's, whatever the number of blocks.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include "export/layout.h"

#include <stdlib.h>
#include <string.h>

uint64_t layout_window = (uint64_t)8 << 20;

struct slot {
    uint32_t number, size;
};

static const struct set_snapshot *snapshot_of(const struct layout *layout)
{
    return &layout->set->snapshots[layout->index];
}

static const struct numbers_snapshot *numbers_of(const struct layout *layout)
{
    return &layout->numbers->snapshots[layout->index];
}

/* Marks a leaf and its callers as part of the file. */
static void layout_mark(struct layout *layout, uint32_t node)
{
    while (node != TREE_ROOT && !layout->positions[node]) {
        layout->positions[node] = 1;
        node = layout->set->tree.nodes.items[node].parent;
    }
}

static void place_frames(struct layout *layout)
{
    size_t count = layout->set->tree.nodes.count;
    layout->frames = memory_zeroed(count + 1, sizeof *layout->frames);
    for (uint32_t i = 0; i < count; i++) {
        if (!layout->positions[i])
            continue;
        layout->positions[i] = (uint32_t)(LAYOUT_ROOTS + layout->frame_count);
        layout->frames[layout->frame_count++] = i;
    }
}

static void link_children(struct layout *layout)
{
    const struct tree_node *nodes = layout->set->tree.nodes.items;
    size_t count = layout->set->tree.nodes.count;
    layout->first_child = memory_zeroed(count + 2, sizeof *layout->first_child);
    layout->children = memory_zeroed(count + 1, sizeof *layout->children);
    for (size_t i = GROUP_COUNT; i < count; i++) {
        if (layout->positions[i])
            layout->first_child[nodes[i].parent + 2]++;
    }
    for (size_t i = 2; i < count + 2; i++)
        layout->first_child[i] += layout->first_child[i - 1];
    for (uint32_t i = GROUP_COUNT; i < count; i++) { /* moves each start to the next one's */
        if (layout->positions[i])
            layout->children[layout->first_child[nodes[i].parent + 1]++] = i;
    }
}

static int by_leaf(const void *a, const void *b, void *leaves)
{
    uint32_t x = *(const uint32_t *)a, y = *(const uint32_t *)b;
    uint32_t x_leaf = ((const uint32_t *)leaves)[x], y_leaf = ((const uint32_t *)leaves)[y];
    if (x_leaf != y_leaf)
        return x_leaf < y_leaf ? -1 : 1;
    return (x > y) - (x < y);
}

static void collect_stacks(struct layout *layout)
{
    const struct set_snapshot *snapshot = snapshot_of(layout);
    const struct numbers_snapshot *numbers = numbers_of(layout);
    size_t count = snapshot->store->stacks.count;
    layout->stacks = memory_zeroed(count + 1, sizeof *layout->stacks);
    for (uint32_t i = 0; i < count && numbers->pieces; i++) {
        if (numbers->pieces[i] > 0)
            layout->stacks[layout->stack_count++] = i;
    }
    qsort_r(layout->stacks, layout->stack_count, sizeof *layout->stacks, by_leaf, snapshot->leaves);
}

void layout_make(struct layout *layout, const struct set *set, const struct numbers *numbers,
                 size_t index)
{
    *layout = (struct layout){.set = set, .numbers = numbers, .index = index};
    layout->positions = memory_zeroed(set->tree.nodes.count + 1, sizeof *layout->positions);
    const struct numbers_snapshot *own = numbers_of(layout);
    collect_stacks(layout);
    for (size_t i = 0; i < own->cells.cells.count; i++)
        layout_mark(layout, own->cells.cells.items[i].leaf);
    for (size_t i = 0; i < layout->stack_count; i++)
        layout_mark(layout, snapshot_of(layout)->leaves[layout->stacks[i]]);
    place_frames(layout);
    link_children(layout);
    layout->first_cell = LAYOUT_ROOTS + layout->frame_count;
    layout->first_block = layout->first_cell + own->cell_pieces;
    layout->count = layout->first_block + own->listed_pieces;
}

void layout_done(struct layout *layout)
{
    free(layout->frames);
    free(layout->positions);
    free(layout->children);
    free(layout->first_child);
    free(layout->stacks);
    *layout = (struct layout){0};
}

/* One pass over the blocks of a snapshot, with what it takes to number and place them. */
struct pass {
    const struct layout *layout;
    uint64_t *places; /* of the next block of each stack */
    uint64_t *births; /* next number: by snapshot and epoch */
    struct slot *window;
    uint64_t start, end; /* of the window */
};

static void place_block(struct pass *pass, const struct merge *merge)
{
    const struct merge_cursor *own = &merge->cursors[merge->count - 1];
    const struct block *block = &merge->cursors[merge->first].block;
    uint64_t pieces = numbers_pieces(block->size);
    uint64_t *next = &pass->births[merge->first * NUMBERS_EPOCHS + numbers_epoch(block->epoch)];
    uint64_t number = *next;
    *next += pieces;
    if (!own->is_here)
        return;
    uint64_t place = pass->places[own->block.stack];
    pass->places[own->block.stack] += pieces;
    for (uint64_t i = 0; i < pieces; i++, place++) {
        if (place >= pass->start && place < pass->end)
            pass->window[place - pass->start] =
                (struct slot){(uint32_t)(number + i), numbers_piece(block->size, i)};
    }
}

/* Starts a pass: places and numbers as if no block had been seen. */
static void layout_reset(struct pass *pass)
{
    const struct layout *layout = pass->layout;
    uint64_t place = 0;
    for (size_t i = 0; i < layout->stack_count; i++) {
        pass->places[layout->stacks[i]] = place;
        place += numbers_of(layout)->pieces[layout->stacks[i]];
    }
    for (size_t i = 0; i <= layout->index; i++)
        memcpy(pass->births + i * NUMBERS_EPOCHS, layout->numbers->snapshots[i].births,
               NUMBERS_EPOCHS * sizeof *pass->births);
}

static bool fill_window(struct pass *pass, struct error *error)
{
    struct merge merge;
    layout_reset(pass);
    if (!merge_open(&merge, pass->layout->set, pass->layout->index + 1, error))
        return false;
    while (merge_next(&merge, error))
        place_block(pass, &merge);
    merge_close(&merge);
    return !*error->message;
}

/* Hands the window on, stack by stack. */
static void empty_window(const struct pass *pass, layout_block call, void *context)
{
    const struct layout *layout = pass->layout;
    uint64_t end = 0;
    size_t stack = 0;
    for (uint64_t place = pass->start; place < pass->end; place++) {
        while (stack < layout->stack_count && place >= end)
            end += numbers_of(layout)->pieces[layout->stacks[stack++]];
        const struct slot *slot = &pass->window[place - pass->start];
        call(context, layout->stacks[stack - 1], slot->number, slot->size);
    }
}

bool layout_blocks(const struct layout *layout, layout_block call, void *context,
                   struct error *error)
{
    uint64_t count = numbers_of(layout)->listed_pieces;
    struct pass pass = {.layout = layout};
    bool good = true;
    if (count == 0)
        return true;
    pass.places = memory_zeroed(snapshot_of(layout)->store->stacks.count, sizeof *pass.places);
    pass.births = memory_zeroed((layout->index + 1) * NUMBERS_EPOCHS, sizeof *pass.births);
    pass.window = memory_zeroed(count < layout_window ? count : layout_window, sizeof *pass.window);
    while (good && pass.end < count) {
        pass.start = pass.end;
        pass.end = count - pass.start < layout_window ? count : pass.start + layout_window;
        good = fill_window(&pass, error);
        if (good)
            empty_window(&pass, call, context);
    }
    free(pass.places);
    free(pass.births);
    free(pass.window);
    return good;
}
