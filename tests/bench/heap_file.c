/* heap_file.c -- Writes a heap snapshot of any size, shaped like those of a server.
 *
 * heap_file NODES FILE [MORE]: about 3.05 edges a node. Objects hang on collections, have strings,
 * arrays and closures of their own, share their maps, and point at each other here and
 * there. MORE: objects that
 * another file of the same seed does not have, to be compared with it.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>

#include "random.h"

#define NAMES  100000
#define TYPES  12
#define FAN    2000 /* objects of a collection */
#define FIELDS 6

static const char header[] =
    "{\"snapshot\":{\"meta\":{\"node_fields\":[\"type\",\"name\",\"id\",\"self_size\","
    "\"edge_count\",\"detachedness\"],\"node_types\":[[\"hidden\",\"array\",\"string\",\"object\","
    "\"code\",\"closure\",\"regexp\",\"number\",\"native\",\"synthetic\",\"concatenated string\","
    "\"sliced string\",\"symbol\",\"bigint\",\"object shape\"],\"string\",\"number\",\"number\","
    "\"number\",\"number\"],\"edge_fields\":[\"type\",\"name_or_index\",\"to_node\"],"
    "\"edge_types\":[[\"context\",\"element\",\"property\",\"internal\",\"hidden\",\"shortcut\","
    "\"weak\"],\"string_or_number\",\"node\"],\"trace_function_info_fields\":[\"function_id\","
    "\"name\",\"script_name\",\"script_id\",\"line\",\"column\"],\"trace_node_fields\":[\"id\","
    "\"function_info_index\",\"count\",\"size\",\"children\"],\"sample_fields\":[\"timestamp_us\","
    "\"last_assigned_id\"],\"location_fields\":[\"object_index\",\"script_id\",\"line\","
    "\"column\"]},";

/* A node has the tree's children, and some edges to anywhere. */
struct plan {
    uint32_t nodes, collections;
    uint64_t edges, seed;
};

static uint32_t type_of(uint32_t node, const struct plan *plan)
{
    static const uint32_t mix[] = {3, 2, 1, 3, 0, 2, 3, 5, 2, 7, 4, 3};
    if (node == 0)
        return 9;
    return node <= plan->collections ? 3 : mix[node % TYPES];
}

/* Children in the tree: collections of the root, objects of collections, parts of objects. */
static uint32_t first_child(uint32_t node, const struct plan *plan)
{
    if (node == 0)
        return 1;
    uint64_t place = node <= plan->collections ? plan->collections + 1 + (uint64_t)(node - 1) * FAN
                                               : (uint64_t)plan->collections * (FAN + 1) + 1 +
                                                     (uint64_t)(node - plan->collections - 1);
    return place < plan->nodes ? (uint32_t)place : plan->nodes;
}

/* Edges that are not the tree's. */
static uint32_t extra_edges(uint32_t node)
{
    return node % 20 == 0 ? 3 : 2;
}

static void write_nodes(FILE *file, struct plan *plan)
{
    fprintf(file, "\"nodes\":[");
    for (uint32_t node = 0; node < plan->nodes; node++) {
        uint32_t children = first_child(node + 1, plan) - first_child(node, plan);
        uint32_t edges = children + (node ? extra_edges(node) : 0), type = type_of(node, plan);
        fprintf(file, "%s%u,%u,%u,%u,%u,0\n", node ? "," : "", type,
                type == 3   ? 100 + node % 500
                : type == 2 ? node * 7 % NAMES
                            : 50 + node % 40,
                2 * node + 1, type == 9 ? 0 : 16 + node % 9 * 8, edges);
    }
    fprintf(file, "],\n");
}

/* As V8 has them: first the map, which many objects share; then a string or another thing that is
 * shared, a neighbour, and now and then any object. */
static uint64_t target_of(uint32_t node, uint32_t number, const struct plan *plan, uint64_t *state)
{
    uint64_t kind = random_below(state, 100), near = 1 + random_below(state, 100);
    if (number == 0)
        return 1 + plan->collections + node % 1000;
    if (kind < 70)
        return 1 + plan->collections + random_below(state, plan->nodes / 20);
    if (kind < 72)
        return 1 + random_below(state, plan->nodes - 1);
    return near < node ? node - near : node;
}

static void write_edges(FILE *file, struct plan *plan)
{
    uint64_t state = plan->seed, count = 0;
    fprintf(file, "\"edges\":[");
    for (uint32_t node = 0; node < plan->nodes; node++) {
        uint32_t end = first_child(node + 1, plan), number = 0;
        bool is_list = node <= plan->collections;
        for (uint32_t to = first_child(node, plan); to < end; to++, number++)
            fprintf(file, "%s%u,%u,%llu\n", count++ ? "," : "", is_list ? 1 : 2,
                    is_list ? number : 700 + number, (unsigned long long)to * FIELDS);
        for (uint32_t i = 0; node && i < extra_edges(node); i++) {
            uint64_t to = target_of(node, i, plan, &state);
            fprintf(file, "%s%u,%u,%llu\n", count++ ? "," : "", i == 2 ? 6 : 2, 600 + i,
                    (unsigned long long)to * FIELDS);
        }
    }
    fprintf(file, "],\n");
}

static void write_strings(FILE *file)
{
    fprintf(file, "\"trace_function_infos\":[],\n\"trace_tree\":[],\n\"samples\":[],\n"
                  "\"locations\":[],\n\"strings\":[\"<dummy>\"");
    for (uint32_t i = 1; i < NAMES; i++)
        fprintf(file, ",\n\"%s%u%s\"", i < 600 ? "Class" : "name of something ", i,
                i % 50 ? "" : "\\u00e9 \\\"x\\\"");
    fprintf(file, "]}\n");
}

static uint64_t count_edges(const struct plan *plan)
{
    uint64_t edges = plan->nodes - 1; /* of the tree */
    for (uint32_t node = 1; node < plan->nodes; node++)
        edges += extra_edges(node);
    return edges;
}

int main(int argc, char **argv)
{
    if (argc < 3)
        return 2;
    struct plan plan = {.nodes = (uint32_t)strtoul(argv[1], NULL, 10), .seed = 7};
    plan.nodes += argc > 3 ? (uint32_t)strtoul(argv[3], NULL, 10) : 0;
    plan.collections = (uint32_t)strtoul(argv[1], NULL, 10) / (5 * FAN) + 1;
    plan.edges = count_edges(&plan);
    FILE *file = fopen(argv[2], "w");
    if (!file || plan.nodes < 2)
        return 2;
    fprintf(file, "%s\"node_count\":%u,\"edge_count\":%llu,\"trace_function_count\":0},\n", header,
            plan.nodes, (unsigned long long)plan.edges);
    write_nodes(file, &plan);
    write_edges(file, &plan);
    write_strings(file);
    return fclose(file) == 0 ? 0 : 2;
}
