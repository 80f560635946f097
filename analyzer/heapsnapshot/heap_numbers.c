/* heap_numbers.c -- Reads digits, which is most of the work of opening a snapshot.
 *
 * A number is taken modulo 2^32, as DevTools' typed arrays take it. Each array ends with its ']',
 * which stops every loop here.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include "heapsnapshot/heap_numbers.h"

#include "base/memory.h"

#include <stdlib.h>
#include <string.h>

struct reading {
    const struct heap *heap;
    enum heap_section section;
    const char *at, *end; /* the end: its ']' */
    struct error *error;
};

static struct reading begin(const struct heap *heap, enum heap_section section, struct error *error)
{
    const struct heap_part *part = &heap->file.sections[section];
    return (struct reading){heap, section, part->bytes, part->bytes + part->length, error};
}

static bool refuse(const struct reading *reading, const char *fault, uint64_t row)
{
    return error_set(reading->error, "it is truncated or damaged: take it again",
                     "%s: %s in row %llu of \"%s\"", reading->heap->file.path, fault,
                     (unsigned long long)row, heap_file_section_name(reading->section));
}

static inline bool is_blank(char c)
{
    return c == '\n' || c == ' ' || c == '\r' || c == '\t';
}

/* The next number, and the comma and blanks behind it. Returns false at anything else. */
static inline bool take(const char **from, uint32_t *number)
{
    const char *at = *from;
    unsigned digit = (unsigned char)*at - (unsigned)'0';
    uint32_t value = digit;
    if (digit > 9)
        return false;
    while ((digit = (unsigned char)*++at - (unsigned)'0') <= 9)
        value = value * 10 + digit;
    while (is_blank(*at)) /* V8 puts the comma on the next line */
        at++;
    if (*at == ',')
        at++;
    while (is_blank(*at))
        at++;
    *from = at;
    *number = value;
    return true;
}

static void skip_blanks(struct reading *reading)
{
    reading->at += strspn(reading->at, " \n\r\t");
}

/* Whether the section can have COUNT rows: a number takes two bytes, the last one of them one. */
static bool has_room(const struct reading *reading, uint32_t count, int fields)
{
    uint64_t least = (uint64_t)count * (uint64_t)fields * 2;
    return least <= (uint64_t)(reading->end - reading->at) + 1;
}

static void *column(size_t count, size_t size)
{
    return memory_resize(NULL, count, size);
}

/* ---- Nodes --------------------------------------------------------------------------------------
 */

static void make_node_columns(struct heap *heap)
{
    size_t count = heap->meta.nodes;
    heap->type = column(count, sizeof *heap->type);
    heap->state = memory_zeroed(count, sizeof *heap->state);
    heap->name = column(count, sizeof *heap->name);
    heap->id = column(count, sizeof *heap->id);
    heap->size = column(count, sizeof *heap->size);
    heap->first = column(count + 1, sizeof *heap->first);
}

/* Returns a fault, or NULL. EDGES: before this node. */
static const char *store_node(struct heap *heap, uint32_t node, const uint32_t *row,
                              uint64_t *edges)
{
    const int *at = heap->meta.node.at;
    uint32_t type = row[at[HEAP_NODE_TYPE]];
    if (type >= (uint32_t)heap->meta.node_type_count)
        return "a type that the header does not have";
    heap->type[node] = heap->meta.node_types[type];
    heap->name[node] = row[at[HEAP_NODE_NAME]];
    heap->id[node] = row[at[HEAP_NODE_ID]];
    heap->size[node] = row[at[HEAP_NODE_SIZE]];
    heap->first[node] = (uint32_t)*edges;
    if (at[HEAP_NODE_STATE] >= 0)
        heap->state[node] = (uint8_t)(row[at[HEAP_NODE_STATE]] & 3);
    *edges += row[at[HEAP_NODE_EDGES]];
    return *edges > heap->meta.edges ? "more edges than edge_count says" : NULL;
}

bool heap_numbers_read_nodes(struct heap *heap, struct error *error)
{
    struct reading reading = begin(heap, HEAP_SECTION_NODES, error);
    uint32_t count = heap->meta.nodes, row[HEAP_FIELDS];
    int fields = heap->meta.node.count;
    uint64_t edges = 0;
    skip_blanks(&reading);
    if (!has_room(&reading, count, fields))
        return refuse(&reading, "fewer numbers than node_count says", count);
    make_node_columns(heap);
    for (uint32_t node = 0; node < count; node++) {
        for (int i = 0; i < fields; i++)
            if (!take(&reading.at, &row[i]))
                return refuse(&reading, "no number", node);
        const char *fault = store_node(heap, node, row, &edges);
        if (fault)
            return refuse(&reading, fault, node);
    }
    heap->first[count] = (uint32_t)edges;
    if (reading.at != reading.end)
        return refuse(&reading, "more numbers than node_count says", count);
    if (edges != heap->meta.edges)
        return refuse(&reading, "fewer edges than edge_count says", count);
    return true;
}

/* ---- Edges --------------------------------------------------------------------------------------
 */

/* Inlined with constant numbers of fields, so that the compiler divides by multiplying. */
static inline __attribute__((always_inline)) const char *
store_edge(struct heap *heap, uint32_t edge, const uint32_t *row, uint32_t node_fields)
{
    const int *at = heap->meta.edge.at;
    uint32_t type = row[at[HEAP_EDGE_KIND]], to = row[at[HEAP_EDGE_TO]];
    if (type >= (uint32_t)heap->meta.edge_type_count)
        return "a type that the header does not have";
    if (to % node_fields != 0 || to / node_fields >= heap->meta.nodes)
        return "an edge to no node";
    heap->flags[edge] = heap->meta.edge_types[type];
    heap->edge_name[edge] = row[at[HEAP_EDGE_NAME]];
    heap->to[edge] = to / node_fields;
    return NULL;
}

static inline __attribute__((always_inline)) bool
read_edges(struct heap *heap, struct reading *reading, int fields, uint32_t node_fields)
{
    uint32_t row[HEAP_FIELDS];
    for (uint32_t edge = 0; edge < heap->meta.edges; edge++) {
        for (int i = 0; i < fields; i++)
            if (!take(&reading->at, &row[i]))
                return refuse(reading, "no number", edge);
        const char *fault = store_edge(heap, edge, row, node_fields);
        if (fault)
            return refuse(reading, fault, edge);
    }
    return true;
}

bool heap_numbers_read_edges(struct heap *heap, struct error *error)
{
    struct reading reading = begin(heap, HEAP_SECTION_EDGES, error);
    uint32_t count = heap->meta.edges, node_fields = (uint32_t)heap->meta.node.count;
    int fields = heap->meta.edge.count;
    skip_blanks(&reading);
    if (!has_room(&reading, count, fields))
        return refuse(&reading, "fewer numbers than edge_count says", count);
    heap->flags = column(count, sizeof *heap->flags);
    heap->edge_name = column(count, sizeof *heap->edge_name);
    heap->to = column(count, sizeof *heap->to);
    bool good = fields == 3 && node_fields == 7   ? read_edges(heap, &reading, 3, 7)
                : fields == 3 && node_fields == 6 ? read_edges(heap, &reading, 3, 6)
                                                  : read_edges(heap, &reading, fields, node_fields);
    if (good && reading.at != reading.end)
        return refuse(&reading, "more numbers than edge_count says", count);
    return good;
}

/* ---- The rest -----------------------------------------------------------------------------------
 */

uint32_t *heap_numbers_read_rows(const struct heap *heap, enum heap_section section, int fields,
                                 size_t *rows, struct error *error)
{
    struct reading reading = begin(heap, section, error);
    VEC(uint32_t) numbers = {0};
    uint32_t number;
    skip_blanks(&reading);
    for (;;) {
        bool is_negative = *reading.at == '-'; /* ids of scopes that have no place in the source */
        reading.at += is_negative;
        if (!take(&reading.at, &number))
            break;
        VEC_ADD(&numbers, is_negative ? 0 - number : number);
    }
    *rows = fields > 0 ? numbers.count / (size_t)fields : 0;
    if (reading.at == reading.end && fields > 0 && numbers.count % (size_t)fields == 0)
        return numbers.items ? numbers.items : memory_zeroed(1, sizeof number);
    refuse(&reading, "something that is no row", *rows);
    VEC_DONE(&numbers);
    return NULL;
}

bool heap_numbers_read_locations(struct heap *heap, struct error *error)
{
    const struct heap_fields *fields = &heap->meta.location;
    size_t count;
    for (int i = 0; i < HEAP_LOCATION_FIELDS; i++)
        if (fields->at[i] < 0 || !heap->file.sections[HEAP_SECTION_LOCATIONS].bytes)
            return true;
    uint32_t *rows =
        heap_numbers_read_rows(heap, HEAP_SECTION_LOCATIONS, fields->count, &count, error);
    if (!rows)
        return false;
    heap->locations = column(count * HEAP_LOCATION_FIELDS, sizeof *rows);
    uint32_t node_fields = (uint32_t)heap->meta.node.count;
    for (size_t row = 0; row < count; row++) {
        const uint32_t *from = rows + row * (size_t)fields->count;
        uint32_t *to = heap->locations + (size_t)heap->location_count * HEAP_LOCATION_FIELDS;
        for (int i = 0; i < HEAP_LOCATION_FIELDS; i++)
            to[i] = from[fields->at[i]];
        bool is_node = to[0] % node_fields == 0 && to[0] / node_fields < heap->meta.nodes;
        to[0] /= node_fields;
        heap->location_count += is_node;
    }
    free(rows);
    return true;
}

bool heap_numbers_check_names(const struct heap *heap, struct error *error)
{
    struct reading nodes = begin(heap, HEAP_SECTION_NODES, error);
    struct reading edges = begin(heap, HEAP_SECTION_EDGES, error);
    for (uint32_t node = 0; node < heap->meta.nodes; node++)
        if (heap->name[node] >= heap->names.count)
            return refuse(&nodes, "a name that \"strings\" does not have", node);
    for (uint32_t edge = 0; edge < heap->meta.edges; edge++)
        if (heap->edge_name[edge] >= heap->names.count && heap_edge_has_name(heap, edge))
            return refuse(&edges, "a name that \"strings\" does not have", edge);
    return true;
}
