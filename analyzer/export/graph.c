/* graph.c -- The objects of a heap snapshot and where each stands in its file.
 *
 * Blocks come from the snapshot by address and go into the file by leaf. They are not sorted: where
 * each belongs is known from the counts of its stack, so a window of the file is filled while all
 * blocks pass by, then the next window. Memory is the window's, whatever the number of blocks.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include "export/graph.h"

#include <stdlib.h>
#include <string.h>

uint64_t graph_window = (uint64_t)8 << 20;

struct slot {
    uint32_t number, size;
};

static const struct set_snapshot *snapshot_of(const struct graph *graph)
{
    return &graph->set->snapshots[graph->index];
}

static const struct numbers_snapshot *numbers_of(const struct graph *graph)
{
    return &graph->numbers->snapshots[graph->index];
}

/* Marks a leaf and its callers as part of the file. */
static void mark(struct graph *graph, uint32_t node)
{
    while (node != TREE_ROOT && !graph->positions[node]) {
        graph->positions[node] = 1;
        node = graph->set->tree.nodes.items[node].parent;
    }
}

static void place_frames(struct graph *graph)
{
    size_t count = graph->set->tree.nodes.count;
    graph->frames = memory_zeroed(count + 1, sizeof *graph->frames);
    for (uint32_t i = 0; i < count; i++) {
        if (!graph->positions[i])
            continue;
        graph->positions[i] = (uint32_t)(GRAPH_ROOTS + graph->frame_count);
        graph->frames[graph->frame_count++] = i;
    }
}

static void link_children(struct graph *graph)
{
    const struct tree_node *nodes = graph->set->tree.nodes.items;
    size_t count = graph->set->tree.nodes.count;
    graph->first_child = memory_zeroed(count + 2, sizeof *graph->first_child);
    graph->children = memory_zeroed(count + 1, sizeof *graph->children);
    for (size_t i = GROUP_COUNT; i < count; i++) {
        if (graph->positions[i])
            graph->first_child[nodes[i].parent + 2]++;
    }
    for (size_t i = 2; i < count + 2; i++)
        graph->first_child[i] += graph->first_child[i - 1];
    for (uint32_t i = GROUP_COUNT; i < count; i++) { /* moves each start to the next one's */
        if (graph->positions[i])
            graph->children[graph->first_child[nodes[i].parent + 1]++] = i;
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

static void collect_stacks(struct graph *graph)
{
    const struct set_snapshot *snapshot = snapshot_of(graph);
    const struct numbers_snapshot *numbers = numbers_of(graph);
    size_t count = snapshot->store->stacks.count;
    graph->stacks = memory_zeroed(count + 1, sizeof *graph->stacks);
    for (uint32_t i = 0; i < count && numbers->pieces; i++) {
        if (numbers->pieces[i] > 0)
            graph->stacks[graph->stack_count++] = i;
    }
    qsort_r(graph->stacks, graph->stack_count, sizeof *graph->stacks, by_leaf, snapshot->leaves);
}

void graph_make(struct graph *graph, const struct set *set, const struct numbers *numbers,
                size_t index)
{
    *graph = (struct graph){.set = set, .numbers = numbers, .index = index};
    graph->positions = memory_zeroed(set->tree.nodes.count + 1, sizeof *graph->positions);
    const struct numbers_snapshot *own = numbers_of(graph);
    collect_stacks(graph);
    for (size_t i = 0; i < own->cells.cells.count; i++)
        mark(graph, own->cells.cells.items[i].leaf);
    for (size_t i = 0; i < graph->stack_count; i++)
        mark(graph, snapshot_of(graph)->leaves[graph->stacks[i]]);
    place_frames(graph);
    link_children(graph);
    graph->first_cell = GRAPH_ROOTS + graph->frame_count;
    graph->first_block = graph->first_cell + own->cell_pieces;
    graph->count = graph->first_block + own->listed_pieces;
}

void graph_done(struct graph *graph)
{
    free(graph->frames);
    free(graph->positions);
    free(graph->children);
    free(graph->first_child);
    free(graph->stacks);
    *graph = (struct graph){0};
}

/* One pass over the blocks of a snapshot, with what it takes to number and place them. */
struct pass {
    const struct graph *graph;
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
static void reset(struct pass *pass)
{
    const struct graph *graph = pass->graph;
    uint64_t place = 0;
    for (size_t i = 0; i < graph->stack_count; i++) {
        pass->places[graph->stacks[i]] = place;
        place += numbers_of(graph)->pieces[graph->stacks[i]];
    }
    for (size_t i = 0; i <= graph->index; i++)
        memcpy(pass->births + i * NUMBERS_EPOCHS, graph->numbers->snapshots[i].births,
               NUMBERS_EPOCHS * sizeof *pass->births);
}

static bool fill_window(struct pass *pass, struct error *error)
{
    struct merge merge;
    reset(pass);
    if (!merge_open(&merge, pass->graph->set, pass->graph->index + 1, error))
        return false;
    while (merge_next(&merge, error))
        place_block(pass, &merge);
    merge_close(&merge);
    return !*error->message;
}

/* Hands the window on, stack by stack. */
static void empty_window(const struct pass *pass, graph_block call, void *context)
{
    const struct graph *graph = pass->graph;
    uint64_t end = 0;
    size_t stack = 0;
    for (uint64_t place = pass->start; place < pass->end; place++) {
        while (stack < graph->stack_count && place >= end)
            end += numbers_of(graph)->pieces[graph->stacks[stack++]];
        const struct slot *slot = &pass->window[place - pass->start];
        call(context, graph->stacks[stack - 1], slot->number, slot->size);
    }
}

bool graph_blocks(const struct graph *graph, graph_block call, void *context, struct error *error)
{
    uint64_t count = numbers_of(graph)->listed_pieces;
    struct pass pass = {.graph = graph};
    bool good = true;
    if (count == 0)
        return true;
    pass.places = memory_zeroed(snapshot_of(graph)->store->stacks.count, sizeof *pass.places);
    pass.births = memory_zeroed((graph->index + 1) * NUMBERS_EPOCHS, sizeof *pass.births);
    pass.window = memory_zeroed(count < graph_window ? count : graph_window, sizeof *pass.window);
    while (good && pass.end < count) {
        pass.start = pass.end;
        pass.end = count - pass.start < graph_window ? count : pass.start + graph_window;
        good = fill_window(&pass, error);
        if (good)
            empty_window(&pass, call, context);
    }
    free(pass.places);
    free(pass.births);
    free(pass.window);
    return good;
}
