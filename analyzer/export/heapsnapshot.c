/* heapsnapshot.c -- .heapsnapshot and .heaptimeline: a native heap for Chrome DevTools.
 *
 * Sections come in the order that DevTools demands, written as they are made. Numbers are unsigned
 * and of 32 bits; no text is in the table twice; there is one node or edge a line. docs/devtools.md
 * says what the parts mean.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include "export/heapsnapshot.h"

#include "base/text.h"
#include "base/units.h"
#include "export/layout.h"
#include "export/strings.h"
#include "export/trace.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#define NODE_FIELDS 7 /* edges name a node by its place times this */

/* Indexes into node_types and edge_types of the header. */
enum node_type { NODE_CODE = 4, NODE_NATIVE = 8, NODE_SYNTHETIC = 9 };
enum edge_type { EDGE_ELEMENT = 1, EDGE_INTERNAL = 3 };

struct writer {
    const struct set *set;
    const struct numbers_snapshot *numbers; /* of the snapshot */
    struct layout layout;
    struct strings strings;
    uint32_t *frame_names, *class_names, *cell_names; /* indexes into strings */
    uint32_t roots_name, calls_name, allocates_name;
    bool timeline;
    struct trace trace; /* of a timeline */
    struct out *out;
    const char *separator; /* before the next line */
};

static void describe_cell(const struct cell *cell, struct text *name)
{
    int64_t class = cell->size_class, low = class > 0 && class < 62 ? (int64_t)1 << class : 0;
    if (cell->sort == CELL_CODE) {
        text_add(name, "JIT code");
        return;
    }
    text_format(name, "%s%s", cell->pieces > 1 && cell->blocks > 1 ? "of " : "",
                units_count(cell->blocks).text);
    text_add(name, cell->blocks == 1 ? " block" : " blocks");
    if (class != CELL_UNKNOWN) {
        text_format(name, " of %s", units_bytes(low).text);
        text_format(name, " to %s", units_bytes(low ? 2 * low - 1 : 1).text);
    }
    if (cell->epoch != CELL_UNKNOWN)
        text_format(name, " born in epoch %" PRId64, cell->epoch);
}

/* All texts get their number before the first node is written. */
static void collect_strings(struct writer *writer)
{
    const struct tree *tree = &writer->set->tree;
    size_t classes = writer->set->class_names.count, cells = writer->numbers->cells.cells.count;
    writer->frame_names = memory_zeroed(tree->frames.count + 1, sizeof(uint32_t));
    writer->class_names = memory_zeroed(classes + 1, sizeof(uint32_t));
    writer->cell_names = memory_zeroed(cells + 1, sizeof(uint32_t));
    strings_add(&writer->strings, "<dummy>");
    writer->roots_name = strings_add(&writer->strings, "(GC roots)");
    writer->calls_name = strings_add(&writer->strings, "calls");
    writer->allocates_name = strings_add(&writer->strings, "allocates");
    for (size_t i = 0; i < tree->frames.count; i++)
        writer->frame_names[i] = strings_add(&writer->strings, tree->frames.items[i].name);
    for (size_t i = 0; i < classes; i++)
        writer->class_names[i] = strings_add(&writer->strings, writer->set->class_names.items[i]);
    for (size_t i = 0; i < cells; i++) {
        struct text name = {0};
        describe_cell(&writer->numbers->cells.cells.items[i], &name);
        writer->cell_names[i] = strings_add(&writer->strings, name.bytes);
        text_done(&name);
    }
}

static void begin_section(struct writer *writer, const char *name)
{
    out_format(writer->out, ",\n\"%s\":[", name);
    writer->separator = "\n";
}

static void end_section(struct writer *writer)
{
    out_text(writer->out, "]");
}

/* What is live can be more than what is resident: memory that was never touched. */
static uint64_t untracked_bytes(const struct writer *writer)
{
    int64_t rss = writer->set->snapshots[writer->layout.index].store->facts.rss_bytes;
    return rss > writer->numbers->bytes ? (uint64_t)(rss - writer->numbers->bytes) : 0;
}

static void write_header(struct writer *writer)
{
    static const char meta[] =
        "{\"snapshot\":{\"meta\":{"
        "\"node_fields\":[\"type\",\"name\",\"id\",\"self_size\",\"edge_count\",\"trace_node_id\","
        "\"detachedness\"],\n"
        "\"node_types\":[[\"hidden\",\"array\",\"string\",\"object\",\"code\",\"closure\","
        "\"regexp\",\"number\",\"native\",\"synthetic\",\"concatenated string\","
        "\"sliced string\",\"symbol\",\"bigint\",\"object shape\"],\"string\",\"number\","
        "\"number\",\"number\",\"number\",\"number\"],\n"
        "\"edge_fields\":[\"type\",\"name_or_index\",\"to_node\"],\n"
        "\"edge_types\":[[\"context\",\"element\",\"property\",\"internal\",\"hidden\","
        "\"shortcut\",\"weak\"],\"string_or_number\",\"node\"],\n"
        "\"trace_function_info_fields\":[\"function_id\",\"name\",\"script_name\",\"script_id\","
        "\"line\",\"column\"],\n"
        "\"trace_node_fields\":[\"id\",\"function_info_index\",\"count\",\"size\","
        "\"children\"],\n"
        "\"sample_fields\":[\"timestamp_us\",\"last_assigned_id\"],\n"
        "\"location_fields\":[\"object_index\",\"script_id\",\"line\",\"column\"]},\n";
    out_text(writer->out, meta);
    out_format(writer->out,
               "\"node_count\":%" PRIu64 ",\"edge_count\":%" PRIu64 ",\"trace_function_count\":%zu,"
               "\"extra_native_bytes\":%" PRIu64 "}",
               writer->layout.count, writer->layout.count - 1,
               writer->timeline ? trace_function_count(&writer->trace) : 0,
               untracked_bytes(writer));
}

struct node_row {
    enum node_type type;
    uint32_t name, id, size, edges, trace;
};

static char *put_number(char *end, uint32_t number)
{
    char digits[10], *first = digits + sizeof digits;
    do {
        *--first = (char)('0' + number % 10);
        number /= 10;
    } while (number > 0);
    size_t length = (size_t)(digits + sizeof digits - first);
    memcpy(end, first, length);
    return end + length;
}

static void write_numbers(struct writer *writer, const uint32_t *numbers, size_t count)
{
    char line[NODE_FIELDS * 11 + 4], *end = line;
    out_text(writer->out, writer->separator);
    writer->separator = ",\n";
    for (size_t i = 0; i < count; i++) {
        if (i > 0)
            *end++ = ',';
        end = put_number(end, numbers[i]);
    }
    out_bytes(writer->out, line, (size_t)(end - line));
}

static void write_node(struct writer *writer, const struct node_row *row)
{
    const uint32_t numbers[NODE_FIELDS] = {row->type,  row->name,  row->id, row->size,
                                           row->edges, row->trace, 0};
    write_numbers(writer, numbers, NODE_FIELDS);
}

static uint32_t trace_of(const struct writer *writer, uint32_t leaf)
{
    return writer->timeline ? trace_id(leaf) : 0;
}

/* The objects that hang directly below a frame, and where in the file they begin. The two sorts of
 * them are visited in the order of leaves, so each search goes on where the last one ended. */
struct owned {
    size_t cell, stack; /* the next ones */
    uint64_t cell_place, block_place;
    uint64_t first_cell, cells, first_block, blocks;
    size_t first_cell_index;
};

static void find_owned(const struct writer *writer, uint32_t node, struct owned *owned)
{
    const struct layout *layout = &writer->layout;
    const struct cell *cells = writer->numbers->cells.cells.items;
    const uint32_t *leaves = writer->set->snapshots[layout->index].leaves;
    owned->first_cell = owned->cell_place;
    owned->first_block = owned->block_place;
    owned->first_cell_index = owned->cell;
    while (owned->cell < writer->numbers->cells.cells.count && cells[owned->cell].leaf == node)
        owned->cell_place += cells[owned->cell++].pieces;
    while (owned->stack < layout->stack_count && leaves[layout->stacks[owned->stack]] == node)
        owned->block_place += writer->numbers->pieces[layout->stacks[owned->stack++]];
    owned->cells = owned->cell_place - owned->first_cell;
    owned->blocks = owned->block_place - owned->first_block;
}

static struct owned start_owned(const struct writer *writer)
{
    return (struct owned){.cell_place = writer->layout.first_cell,
                          .block_place = writer->layout.first_block};
}

static uint32_t count_groups(const struct layout *layout)
{
    uint32_t count = 0;
    while (count < layout->frame_count && layout->frames[count] < GROUP_COUNT)
        count++;
    return count;
}

static void write_frames(struct writer *writer)
{
    const struct layout *layout = &writer->layout;
    struct owned owned = start_owned(writer);
    for (size_t i = 0; i < layout->frame_count; i++) {
        uint32_t node = layout->frames[i];
        find_owned(writer, node, &owned);
        uint32_t calls = layout->first_child[node + 1] - layout->first_child[node];
        write_node(writer,
                   &(struct node_row){
                       .type = node < GROUP_COUNT ? NODE_SYNTHETIC : NODE_NATIVE,
                       .name = writer->frame_names[writer->set->tree.nodes.items[node].frame],
                       .id = numbers_frame_id(node),
                       .edges = (uint32_t)(calls + owned.cells + owned.blocks)});
    }
}

static void write_cells(struct writer *writer)
{
    const struct cell_list *list = &writer->numbers->cells;
    for (size_t i = 0; i < list->cells.count; i++) {
        const struct cell *cell = &list->cells.items[i];
        for (uint64_t piece = 0; piece < cell->pieces; piece++)
            write_node(writer,
                       &(struct node_row){.type = cell->sort == CELL_CODE ? NODE_CODE : NODE_NATIVE,
                                          .name = writer->class_names[cell->class],
                                          .id = numbers_object_id(writer->numbers->cell_numbers[i] +
                                                                  (uint32_t)piece),
                                          .size = cells_piece(cell, piece),
                                          .trace = trace_of(writer, cell->leaf)});
    }
}

static void write_block(void *context, uint32_t stack, uint32_t number, uint32_t size)
{
    struct writer *writer = context;
    const struct set_snapshot *snapshot = &writer->set->snapshots[writer->layout.index];
    write_node(writer, &(struct node_row){.type = NODE_NATIVE,
                                          .name = writer->class_names[snapshot->classes[stack]],
                                          .id = numbers_object_id(number),
                                          .size = size,
                                          .trace = trace_of(writer, snapshot->leaves[stack])});
}

static bool write_nodes(struct writer *writer, struct error *error)
{
    begin_section(writer, "nodes");
    uint32_t no_name = strings_add(&writer->strings, "");
    write_node(writer,
               &(struct node_row){.type = NODE_SYNTHETIC, .name = no_name, .id = 1, .edges = 1});
    write_node(writer, &(struct node_row){.type = NODE_SYNTHETIC,
                                          .name = writer->roots_name,
                                          .id = 3,
                                          .edges = count_groups(&writer->layout)});
    write_frames(writer);
    write_cells(writer);
    return layout_blocks(&writer->layout, write_block, writer, error);
}

static void write_edge(struct writer *writer, enum edge_type type, uint32_t name, uint64_t place)
{
    const uint32_t numbers[] = {type, name, (uint32_t)(place * NODE_FIELDS)};
    write_numbers(writer, numbers, 3);
}

static void write_cell_edges(struct writer *writer, const struct owned *owned)
{
    uint64_t place = owned->first_cell;
    for (size_t i = owned->first_cell_index; i < owned->cell; i++) {
        uint64_t end = place + writer->numbers->cells.cells.items[i].pieces;
        for (; place < end; place++)
            write_edge(writer, EDGE_INTERNAL, writer->cell_names[i], place);
    }
}

static void write_edges(struct writer *writer)
{
    const struct layout *layout = &writer->layout;
    struct owned owned = start_owned(writer);
    begin_section(writer, "edges");
    write_edge(writer, EDGE_ELEMENT, 1, 1);
    for (uint32_t i = 0; i < count_groups(layout); i++)
        write_edge(writer, EDGE_ELEMENT, i + 1, layout->positions[layout->frames[i]]);
    for (size_t i = 0; i < layout->frame_count; i++) {
        uint32_t node = layout->frames[i];
        find_owned(writer, node, &owned);
        for (uint32_t c = layout->first_child[node]; c < layout->first_child[node + 1]; c++)
            write_edge(writer, EDGE_INTERNAL, writer->calls_name,
                       layout->positions[layout->children[c]]);
        write_cell_edges(writer, &owned);
        for (uint64_t b = 0; b < owned.blocks; b++)
            write_edge(writer, EDGE_INTERNAL, writer->allocates_name, owned.first_block + b);
    }
}

/* A section that has no numbers in it is written all the same. */
static void write_trace(struct writer *writer)
{
    begin_section(writer, "trace_function_infos");
    if (writer->timeline)
        trace_write_functions(&writer->trace, &writer->strings, writer->out);
    end_section(writer);
    begin_section(writer, "trace_tree");
    if (writer->timeline)
        trace_write_tree(&writer->trace, writer->out);
    end_section(writer);
    begin_section(writer, "samples");
    if (writer->timeline)
        trace_write_samples(&writer->trace, writer->out);
    end_section(writer);
}

static void write_strings(struct writer *writer)
{
    begin_section(writer, "strings");
    for (size_t i = 0; i < writer->strings.items.count; i++) {
        out_text(writer->out, i ? ",\n" : "\n");
        out_json(writer->out, writer->strings.items.items[i]);
    }
    end_section(writer);
    out_text(writer->out, "}\n");
}

static bool heapsnapshot_write_all(struct writer *writer, struct error *error)
{
    write_header(writer);
    if (!write_nodes(writer, error))
        return false;
    end_section(writer);
    write_edges(writer);
    end_section(writer);
    write_trace(writer);
    begin_section(writer, "locations");
    end_section(writer);
    write_strings(writer);
    return true;
}

bool heapsnapshot_write(const struct set *set, const struct numbers *numbers, size_t index,
                        bool timeline, struct out *out, struct error *error)
{
    struct writer writer = {
        .set = set, .numbers = &numbers->snapshots[index], .timeline = timeline, .out = out};
    layout_make(&writer.layout, set, numbers, index);
    if (timeline)
        trace_make(&writer.trace, set, writer.numbers, index);
    collect_strings(&writer);
    bool good = heapsnapshot_write_all(&writer, error);
    trace_done(&writer.trace);
    layout_done(&writer.layout);
    strings_done(&writer.strings);
    free(writer.frame_names);
    free(writer.class_names);
    free(writer.cell_names);
    return good;
}
