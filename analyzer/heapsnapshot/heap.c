/* heap.c -- Opens a heap snapshot: the order of the work, on two processors.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include "heapsnapshot/heap.h"

#include "base/both.h"
#include "base/memory.h"
#include "heapsnapshot/heap_detached.h"
#include "heapsnapshot/heap_distances.h"
#include "heapsnapshot/heap_numbers.h"
#include "heapsnapshot/heap_retaining.h"
#include "heapsnapshot/heap_sizes.h"

#include <stdlib.h>
#include <string.h>

/* What two threads make of one heap. */
struct opening {
    struct heap *heap;
    uint8_t *page;
    bool is_good[2];
    struct error error[2];
};

static void read_nodes(void *owner)
{
    struct opening *opening = owner;
    struct heap *heap = opening->heap;
    opening->is_good[0] = heap_numbers_read_nodes(heap, &opening->error[0]) &&
                          heap_names_read(&heap->names, &heap->file, &opening->error[0]) &&
                          heap_numbers_read_locations(heap, &opening->error[0]);
}

static void read_edges(void *owner)
{
    struct opening *opening = owner;
    opening->is_good[1] = heap_numbers_read_edges(opening->heap, &opening->error[1]);
}

static bool read_all(struct opening *opening, struct error *error)
{
    struct heap *heap = opening->heap;
    both_run(read_edges, read_nodes, opening);
    for (int i = 0; i < 2; i++) {
        if (!opening->is_good[i]) {
            *error = opening->error[i];
            return false;
        }
    }
    heap->graph = (struct graph){.nodes = heap->meta.nodes,
                                 .edges = heap->meta.edges,
                                 .first = heap->first,
                                 .to = heap->to,
                                 .flags = heap->flags};
    return heap_numbers_check_names(heap, error);
}

static void find_page(void *owner)
{
    struct opening *opening = owner;
    opening->page = heap_retaining_find_page(opening->heap);
}

static void move_sizes(void *owner)
{
    struct opening *opening = owner;
    heap_sizes_move(opening->heap);
}

/* Half of the edges each. */
static uint32_t middle_node(const struct heap *heap)
{
    return heap->meta.edges > 0 ? graph_source(&heap->graph, heap->meta.edges / 2) : 0;
}

static void flag_first_half(void *owner)
{
    struct opening *opening = owner;
    heap_retaining_set_flags(opening->heap, opening->page, 0, middle_node(opening->heap));
}

static void flag_second_half(void *owner)
{
    struct opening *opening = owner;
    heap_retaining_set_flags(opening->heap, opening->page, middle_node(opening->heap),
                             opening->heap->meta.nodes);
}

static void find_dominators(void *owner)
{
    struct opening *opening = owner;
    struct heap *heap = opening->heap;
    heap->dominators = dominators_of(&heap->graph);
    heap->retained = memory_resize(NULL, heap->meta.nodes, sizeof *heap->retained);
    dominators_sum(&heap->dominators, heap->size, heap->retained);
}

static void find_classes(void *owner)
{
    struct opening *opening = owner;
    struct heap *heap = opening->heap;
    heap_distances_find(heap);
    heap_shapes_find(heap);
    struct heap_interfaces interfaces = heap_shapes_suggest(heap);
    heap_classes_find(heap, &interfaces);
    heap_interfaces_done(&interfaces);
}

static void reckon(struct opening *opening)
{
    heap_detached_spread(opening->heap);
    both_run(find_page, move_sizes, opening);
    both_run(flag_first_half, flag_second_half, opening);
    free(opening->page);
    both_run(find_dominators, find_classes, opening);
}

struct heap *heap_open(const char *path, struct error *error)
{
    struct heap *heap = memory_zeroed(1, sizeof *heap);
    struct opening opening = {.heap = heap};
    if (heap_file_open(&heap->file, path, error) &&
        heap_meta_read(&heap->meta, &heap->file, error) && read_all(&opening, error)) {
        reckon(&opening);
        return heap;
    }
    heap_close(heap);
    return NULL;
}

void heap_close(struct heap *heap)
{
    if (!heap)
        return;
    void *const columns[] = {heap->type,  heap->state,     heap->name,     heap->id,
                             heap->size,  heap->first,     heap->to,       heap->edge_name,
                             heap->flags, heap->locations, heap->distance, heap->retained};
    for (size_t i = 0; i < sizeof columns / sizeof *columns; i++)
        free(columns[i]);
    dominators_done(&heap->dominators);
    heap_shapes_done(&heap->shapes);
    heap_classes_done(&heap->classes);
    heap_names_done(&heap->names);
    heap_meta_done(&heap->meta);
    heap_file_close(&heap->file);
    free(heap);
}

bool heap_is_named(const char *path)
{
    static const char *const endings[] = {".heapsnapshot", ".heaptimeline", ".heapsnapshot.gz"};
    size_t length = strlen(path);
    for (size_t i = 0; i < sizeof endings / sizeof *endings; i++) {
        size_t need = strlen(endings[i]);
        if (length >= need && strcmp(path + length - need, endings[i]) == 0)
            return true;
    }
    return false;
}

uint64_t heap_total(const struct heap *heap)
{
    return heap->retained[0] + heap->meta.native_bytes;
}
