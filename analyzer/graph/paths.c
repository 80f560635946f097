/* paths.c -- A breadth-first search that puts off some edges, and hashes of the ways that it finds.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include "graph/paths.h"

#include "base/map.h"
#include "base/memory.h"

#include <stdlib.h>
#include <string.h>

struct late {
    uint32_t from, edge;
};

struct search {
    const struct graph *graph;
    struct paths *paths;
    VEC(struct late) late;
};

static bool is_reached(const struct search *search, uint32_t node)
{
    return node == search->graph->root || search->paths->through[node] != GRAPH_NONE;
}

static void reach(struct search *search, uint32_t from, uint32_t edge)
{
    struct paths *paths = search->paths;
    uint32_t to = search->graph->to[edge];
    if (is_reached(search, to))
        return;
    paths->through[to] = edge;
    paths->parent[to] = from;
    paths->order[paths->count++] = to;
}

static void look_at(struct search *search, uint32_t node)
{
    const struct graph *graph = search->graph;
    for (uint32_t edge = graph->first[node]; edge < graph->first[node + 1]; edge++) {
        unsigned flags = graph->flags[edge];
        if (!(flags & GRAPH_RETAINS) || is_reached(search, graph->to[edge]))
            continue;
        if (flags & GRAPH_LATE) {
            struct late late = {.from = node, .edge = edge};
            VEC_ADD(&search->late, late);
        } else {
            reach(search, node, edge);
        }
    }
}

struct paths paths_of(const struct graph *graph)
{
    struct paths paths = {.through = memory_resize(NULL, graph->nodes, sizeof *paths.through),
                          .parent = memory_resize(NULL, graph->nodes, sizeof *paths.parent),
                          .order = memory_resize(NULL, graph->nodes, sizeof *paths.order)};
    struct search search = {.graph = graph, .paths = &paths};
    memset(paths.through, 0xff, graph->nodes * sizeof *paths.through);
    memset(paths.parent, 0xff, graph->nodes * sizeof *paths.parent);
    paths.order[paths.count++] = graph->root;
    uint32_t at = 0;
    for (size_t late = 0;; late++) {
        while (at < paths.count)
            look_at(&search, paths.order[at++]);
        if (late == search.late.count)
            break;
        reach(&search, search.late.items[late].from, search.late.items[late].edge);
    }
    VEC_DONE(&search.late);
    return paths;
}

void paths_done(struct paths *paths)
{
    free(paths->through);
    free(paths->parent);
    free(paths->order);
    *paths = (struct paths){0};
}

uint64_t *paths_shapes(const struct graph *graph, const struct paths *paths, paths_label *label,
                       const void *owner)
{
    uint64_t *shapes = memory_zeroed(graph->nodes, sizeof *shapes);
    uint64_t *labels = memory_zeroed(graph->nodes, sizeof *labels);
    for (uint32_t i = 1; i < paths->count; i++) {
        uint32_t node = paths->order[i], parent = paths->parent[node];
        labels[node] = label(owner, parent, paths->through[node]);
        shapes[node] =
            labels[node] == labels[parent] ? shapes[parent] : map_mix(shapes[parent], labels[node]);
    }
    free(labels);
    return shapes;
}
