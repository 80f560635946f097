/* test_graph.c -- Dominators, sums, distances and ways of random graphs, against brute force.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include "test.h"

#include "graph/distances.h"
#include "graph/dominators.h"
#include "graph/order.h"
#include "graph/paths.h"

#include <stdlib.h>
#include <string.h>

#include "../../preload/random.h"

#define MOST   14
#define ROUNDS 10000

/* A small graph with room for its arrays, and what brute force says of it. */
struct sample {
    uint32_t nodes, first[MOST + 1], to[MOST * MOST], sizes[MOST], groups[MOST];
    uint8_t flags[MOST * MOST];
    struct graph graph;
    bool dominates[MOST][MOST]; /* [a][b]: every way to b passes a; all of the root */
};

static void fill(struct sample *sample, uint64_t *state)
{
    static const uint8_t flags[] = {GRAPH_RETAINS | GRAPH_WALKED, GRAPH_RETAINS | GRAPH_WALKED,
                                    GRAPH_RETAINS | GRAPH_LATE, GRAPH_WALKED | GRAPH_ASKED, 0};
    uint32_t density = 1 + (uint32_t)random_below(state, 4), edges = 0;
    sample->nodes = 1 + (uint32_t)random_below(state, MOST);
    for (uint32_t node = 0; node < sample->nodes; node++) {
        sample->first[node] = edges;
        for (uint64_t left = random_below(state, density + 1); left > 0; left--) {
            sample->to[edges] = (uint32_t)random_below(state, sample->nodes);
            sample->flags[edges++] = flags[random_below(state, sizeof flags)];
        }
        sample->sizes[node] = (uint32_t)random_below(state, 4);
        sample->groups[node] = (uint32_t)random_below(state, 3);
    }
    sample->first[sample->nodes] = edges;
    sample->graph = (struct graph){.nodes = sample->nodes,
                                   .edges = edges,
                                   .first = sample->first,
                                   .to = sample->to,
                                   .flags = sample->flags};
}

static bool is_orphan(const struct sample *sample, uint32_t node)
{
    for (uint32_t edge = 0; edge < sample->graph.edges; edge++)
        if (sample->to[edge] == node && sample->flags[edge] & GRAPH_RETAINS)
            return false;
    return node != 0;
}

/* What is reached from the root without passing GONE; orphans hang on the root. */
static void reach(const struct sample *sample, uint32_t gone, bool *is_reached)
{
    memset(is_reached, 0, MOST * sizeof *is_reached);
    is_reached[0] = gone != 0;
    for (uint32_t node = 1; node < sample->nodes; node++)
        is_reached[node] = gone != 0 && node != gone && is_orphan(sample, node);
    for (uint32_t round = 0; round < sample->nodes; round++)
        for (uint32_t from = 0; from < sample->nodes; from++)
            for (uint32_t edge = sample->first[from]; edge < sample->first[from + 1]; edge++)
                if (is_reached[from] && sample->flags[edge] & GRAPH_RETAINS &&
                    sample->to[edge] != gone)
                    is_reached[sample->to[edge]] = true;
}

static void find_dominance(struct sample *sample)
{
    bool all[MOST], without[MOST];
    reach(sample, MOST, all);
    for (uint32_t a = 0; a < sample->nodes; a++) {
        reach(sample, a, without);
        for (uint32_t b = 0; b < sample->nodes; b++)
            sample->dominates[a][b] = a == 0 || a == b || (all[b] && !without[b]);
    }
}

/* The nearest of B's dominators: the one that all others dominate. */
static uint32_t immediate(const struct sample *sample, uint32_t b)
{
    for (uint32_t a = 0; a < sample->nodes; a++) {
        bool is_nearest = a != b && sample->dominates[a][b];
        for (uint32_t c = 0; c < sample->nodes && is_nearest; c++)
            if (c != b && sample->dominates[c][b])
                is_nearest = sample->dominates[c][a];
        if (is_nearest)
            return a;
    }
    return 0;
}

static void check_sums(const struct sample *sample, const struct dominators *dominators)
{
    uint64_t retained[MOST], sums[3] = {0}, wanted[3] = {0};
    uint8_t is_topmost[MOST / 8 + 1] = {0};
    dominators_sum(dominators, sample->sizes, retained);
    dominators_sum_groups(dominators, sample->groups, 3, sample->sizes, retained, sums, is_topmost);
    for (uint32_t a = 0; a < sample->nodes; a++) {
        uint64_t sum = 0;
        bool is_top = sample->sizes[a] > 0;
        for (uint32_t b = 0; b < sample->nodes; b++) {
            sum += sample->dominates[a][b] ? sample->sizes[b] : 0;
            is_top = is_top && !(a != b && sample->dominates[b][a] && sample->sizes[b] > 0 &&
                                 sample->groups[a] == sample->groups[b]);
        }
        assert_int_equal(retained[a], sum);
        assert_int_equal(is_topmost[a / 8] >> a % 8 & 1, is_top);
        wanted[sample->groups[a]] += is_top ? sum : 0;
    }
    assert_memory_equal(sums, wanted, sizeof sums);
}

static void test_dominators_and_sums_equal_brute_force(void **unused)
{
    uint64_t state = 17;
    for (int round = 0; round < ROUNDS; round++) {
        struct sample sample;
        fill(&sample, &state);
        find_dominance(&sample);
        struct dominators dominators = dominators_of(&sample.graph);
        for (uint32_t node = 0; node < sample.nodes; node++)
            assert_int_equal(dominators.of[node], immediate(&sample, node));
        check_sums(&sample, &dominators);
        dominators_done(&dominators);
    }
}

static void test_order_has_every_node_once_and_parents_first(void **unused)
{
    uint64_t state = 18;
    for (int round = 0; round < ROUNDS; round++) {
        struct sample sample;
        fill(&sample, &state);
        struct order order = order_of(&sample.graph);
        assert_true(order.reached <= order.found && order.found <= sample.nodes);
        for (uint32_t number = 0; number < sample.nodes; number++) {
            assert_int_equal(order.number[order.node[number]], number);
            assert_true(number == 0 || order.parent[number] < number);
        }
        order_done(&order);
    }
}

static bool refuse_odd(void *owner, uint32_t from, uint32_t edge)
{
    const struct sample *sample = owner;
    return sample->to[edge] % 2 == 0;
}

static void test_distances_follow_what_the_owner_allows(void **unused)
{
    uint64_t state = 19;
    for (int round = 0; round < ROUNDS; round++) {
        struct sample sample;
        int32_t of[MOST], wanted[MOST];
        uint32_t queue[MOST + 1] = {0}, through[MOST];
        fill(&sample, &state);
        for (uint32_t node = 0; node < MOST; node++)
            of[node] = wanted[node] = node == 0 ? 0 : -5;
        struct distances walk = {&sample.graph, GRAPH_WALKED, refuse_odd, &sample, -5, of,
                                 queue,         through};
        size_t count = distances_walk(&walk, 1), reached = 0;
        for (int32_t far = 0; far < MOST; far++)
            for (uint32_t from = 0; from < sample.nodes; from++)
                for (uint32_t edge = sample.first[from]; edge < sample.first[from + 1]; edge++)
                    if (wanted[from] == far && wanted[sample.to[edge]] == -5 &&
                        sample.flags[edge] & GRAPH_WALKED &&
                        (!(sample.flags[edge] & GRAPH_ASKED) || sample.to[edge] % 2 == 0))
                        wanted[sample.to[edge]] = far + 1;
        assert_memory_equal(of, wanted, sample.nodes * sizeof *of);
        for (uint32_t node = 0; node < sample.nodes; node++) {
            reached += of[node] >= 0;
            assert_true(node == 0 || of[node] < 0 || sample.to[through[node]] == node);
        }
        assert_int_equal(count, reached);
    }
}

static void test_paths_lead_to_the_root_and_put_off_late_edges(void **unused)
{
    uint64_t state = 20;
    for (int round = 0; round < ROUNDS; round++) {
        struct sample sample;
        fill(&sample, &state);
        struct paths paths = paths_of(&sample.graph);
        bool early[MOST] = {true}, all[MOST] = {true};
        for (uint32_t pass = 0; pass < sample.nodes; pass++)
            for (uint32_t from = 0; from < sample.nodes; from++)
                for (uint32_t edge = sample.first[from]; edge < sample.first[from + 1]; edge++) {
                    if (!(sample.flags[edge] & GRAPH_RETAINS))
                        continue;
                    all[sample.to[edge]] |= all[from];
                    early[sample.to[edge]] |= early[from] && !(sample.flags[edge] & GRAPH_LATE);
                }
        for (uint32_t node = 1; node < sample.nodes; node++) {
            assert_int_equal(paths.through[node] != GRAPH_NONE, all[node]);
            if (!all[node])
                continue;
            uint32_t edge = paths.through[node];
            assert_int_equal(sample.to[edge], node);
            assert_int_equal(graph_source(&sample.graph, edge), paths.parent[node]);
            assert_true(!early[node] || !(sample.flags[edge] & GRAPH_LATE));
        }
        paths_done(&paths);
    }
}

static uint64_t same_label(const void *owner, uint32_t from, uint32_t edge)
{
    const uint64_t *labels = owner;
    return labels[edge];
}

static void test_chains_have_one_shape_and_other_ways_several(void **unused)
{
    const uint32_t first[] = {0, 2, 3, 4, 4}, to[] = {1, 3, 2, 3}; /* 0-1-2-3, 0-3 */
    const uint8_t flags[] = {GRAPH_RETAINS, GRAPH_RETAINS | GRAPH_LATE, GRAPH_RETAINS,
                             GRAPH_RETAINS};
    const uint64_t chain[] = {7, 9, 7, 7}, other[] = {7, 9, 8, 7};
    const struct graph graph = {.nodes = 4, .edges = 4, .first = first, .to = to, .flags = flags};
    struct paths paths = paths_of(&graph);
    uint64_t *alike = paths_shapes(&graph, &paths, same_label, chain);
    uint64_t *different = paths_shapes(&graph, &paths, same_label, other);
    assert_true(alike[1] == alike[2] && alike[2] == alike[3] && alike[0] != alike[1]);
    assert_true(different[1] != different[2] && different[2] != different[3] &&
                different[1] != different[3]);
    free(alike);
    free(different);
    paths_done(&paths);
}

TEST_MAIN(cmocka_unit_test(test_dominators_and_sums_equal_brute_force),
          cmocka_unit_test(test_order_has_every_node_once_and_parents_first),
          cmocka_unit_test(test_distances_follow_what_the_owner_allows),
          cmocka_unit_test(test_paths_lead_to_the_root_and_put_off_late_edges),
          cmocka_unit_test(test_chains_have_one_shape_and_other_ways_several))
