/* dominators.c -- Semi-NCA: semidominators by path compression, then nearest common ancestors.
 *
 * Georgiadis, Tarjan, Werneck: Finding Dominators in Practice, JGAA 10 (2006). All of it works on
 * numbers of the depth-first search, so that what is near in the graph is near in memory. A label
 * is the least number of a semidominator on a compressed way; the algorithm asks for nothing else
 * of it, so labels are numbers, not nodes.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include "graph/dominators.h"

#include "base/memory.h"
#include "graph/order.h"

#include <stdlib.h>
#include <string.h>

/* The edges that retain, backwards, between numbers. */
struct reverse {
    uint32_t *first; /* by number */
    uint32_t *from;
};

/* FIRST is shifted by one while it is filled: from[first[n + 1]++] appends to n's. */
static struct reverse reverse_of(const struct graph *graph, const struct order *order)
{
    struct reverse reverse = {.first = memory_zeroed((size_t)graph->nodes + 2, sizeof(uint32_t))};
    for (uint32_t edge = 0; edge < graph->edges; edge++) {
        if (graph->flags[edge] & GRAPH_RETAINS)
            reverse.first[order->number[graph->to[edge]] + 2]++;
    }
    for (uint32_t i = 2; i < graph->nodes + 2; i++)
        reverse.first[i] += reverse.first[i - 1];
    reverse.from = memory_resize(NULL, reverse.first[graph->nodes + 1], sizeof *reverse.from);
    for (uint32_t number = 0; number < graph->nodes; number++) {
        uint32_t node = order->node[number];
        for (uint32_t edge = graph->first[node]; edge < graph->first[node + 1]; edge++) {
            if (graph->flags[edge] & GRAPH_RETAINS)
                reverse.from[reverse.first[order->number[graph->to[edge]] + 1]++] = number;
        }
    }
    return reverse;
}

struct link {
    uint32_t ancestor; /* in the forest of linked nodes, compressed */
    uint32_t label;    /* least semidominator from here up to the ancestor, that one left out */
};

/* The least semidominator on the way from NUMBER up to the last node that is linked: these have
 * numbers above LAST. WAY is a stack. */
static uint32_t evaluate(struct link *links, uint32_t number, uint32_t last, uint32_t *way)
{
    uint32_t height = 0, at = number;
    while (links[at].ancestor > last) {
        way[height++] = at;
        at = links[at].ancestor;
    }
    uint32_t ancestor = links[at].ancestor, label = links[at].label;
    while (height > 0) {
        struct link *link = &links[way[--height]];
        if (link->label < label)
            label = link->label;
        link->label = label;
        link->ancestor = ancestor;
    }
    return label;
}

/* SEMI, by number; PARENT: of the search. */
static uint32_t *find_semidominators(const struct order *order, const struct reverse *reverse)
{
    uint32_t count = order->found;
    uint32_t *semi = memory_zeroed(count, sizeof *semi);
    uint32_t *way = memory_resize(NULL, count, sizeof *way);
    struct link *links = memory_resize(NULL, count, sizeof *links);
    for (uint32_t i = 0; i < count; i++)
        links[i] = (struct link){.ancestor = order->parent[i], .label = i};
    for (uint32_t i = count - 1; i > 0; i--) {
        uint32_t least = order->is_orphan[i / 8] >> i % 8 & 1 ? 0 : order->parent[i];
        for (uint32_t k = reverse->first[i]; least > 0 && k < reverse->first[i + 1]; k++) {
            uint32_t from = reverse->from[k];
            if (from >= count)
                continue; /* of a circle that nothing retains */
            uint32_t label = from <= i ? from : evaluate(links, from, i, way);
            least = label < least ? label : least;
        }
        semi[i] = links[i].label = least;
    }
    free(links);
    free(way);
    return semi;
}

struct dominators dominators_of(const struct graph *graph)
{
    struct order order = order_of(graph);
    struct reverse reverse = reverse_of(graph, &order);
    uint32_t *semi = find_semidominators(&order, &reverse);
    struct dominators result = {.nodes = graph->nodes, .reached = order.reached};
    uint32_t *dominator = order.parent; /* by number; the parents are needed no more */
    free(reverse.first);
    free(reverse.from);
    for (uint32_t i = 1; i < order.found; i++) {
        uint32_t above = dominator[i];
        while (above > semi[i])
            above = dominator[above];
        dominator[i] = above;
    }
    free(semi);
    result.of = order.number; /* is overwritten node by node: each number is read just before */
    for (uint32_t node = 0; node < graph->nodes; node++)
        result.of[node] = order.node[dominator[order.number[node]]];
    result.top_down = order.node;
    order.node = order.number = NULL;
    order_done(&order);
    return result;
}

void dominators_done(struct dominators *dominators)
{
    free(dominators->of);
    free(dominators->top_down);
    *dominators = (struct dominators){0};
}

void dominators_sum(const struct dominators *dominators, const uint32_t *sizes, uint64_t *retained)
{
    for (uint32_t node = 0; node < dominators->nodes; node++)
        retained[node] = sizes[node];
    for (uint32_t i = dominators->nodes - 1; i > 0; i--) {
        uint32_t node = dominators->top_down[i];
        retained[dominators->of[node]] += retained[node];
    }
}

/* The nodes in an order in which all that a node dominates follows it at once: the part of N
 * begins at PLACE[N] and has SPAN[N] nodes. */
static uint32_t *find_places(const struct dominators *dominators, uint32_t *span)
{
    uint32_t nodes = dominators->nodes;
    uint32_t *place = memory_zeroed(nodes, sizeof *place);
    for (uint32_t node = 0; node < nodes; node++)
        span[node] = 1;
    for (uint32_t i = nodes - 1; i > 0; i--) {
        uint32_t node = dominators->top_down[i];
        span[dominators->of[node]] += span[node];
    }
    uint32_t *next = memory_zeroed(nodes, sizeof *next); /* the place of the next dominated node */
    next[dominators->top_down[0]] = 1;
    for (uint32_t i = 1; i < nodes; i++) {
        uint32_t node = dominators->top_down[i], above = dominators->of[node];
        place[node] = next[above];
        next[node] = next[above] + 1;
        next[above] += span[node];
    }
    free(next);
    return place;
}

void dominators_sum_groups(const struct dominators *dominators, const uint32_t *groups,
                           uint32_t group_count, const uint32_t *sizes, const uint64_t *retained,
                           uint64_t *sums, uint8_t *is_topmost)
{
    uint32_t nodes = dominators->nodes;
    uint32_t *span = memory_resize(NULL, nodes, sizeof *span);
    uint32_t *place = find_places(dominators, span);
    uint32_t *by_place = memory_resize(NULL, nodes, sizeof *by_place);
    uint32_t *end = memory_zeroed(group_count, sizeof *end); /* of the group's last topmost node */
    for (uint32_t node = 0; node < nodes; node++)
        by_place[place[node]] = node;
    for (uint32_t at = 0; at < nodes; at++) {
        uint32_t node = by_place[at], group = groups[node];
        if (sizes[node] == 0 || at < end[group])
            continue;
        sums[group] += retained[node];
        if (is_topmost)
            is_topmost[node / 8] |= (uint8_t)(1u << node % 8);
        end[group] = at + span[node];
    }
    free(end);
    free(by_place);
    free(place);
    free(span);
}
