/* load.c -- From rows to the arrays of struct store: ids become indexes, links are checked.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include "store/load.h"

#include "store/collected.h"
#include "store/ids.h"
#include "store/js.h"
#include "store/queries.h"
#include "store/rows.h"
#include "store/tags.h"

#include <stdlib.h>
#include <string.h>

#define NO_PARENT INT64_MIN

struct loader {
    struct store *store;
    sqlite3 *database;
    struct error *error;
    enum load_depth depth;
    struct ids modules, locations, nodes, stacks;
    VEC(int64_t) parents; /* ids, by node; NO_PARENT for the outermost */
};

static bool damaged(struct loader *loader, const char *how)
{
    return rows_damaged(loader->store, loader->error, how);
}

static bool read_rows(struct loader *loader, const char *sql, rows_reader *read)
{
    const struct rows_source source = {loader->store, loader->database, loader->error};
    return rows_read(&source, sql, read, loader);
}

static int64_t number_at(sqlite3_stmt *row, int column)
{
    int64_t value = sqlite3_column_int64(row, column);
    return value > STORE_LIMIT ? STORE_LIMIT : value < -STORE_LIMIT ? -STORE_LIMIT : value;
}

/* Finite, and so that sums of many stay so. SQLite knows no NaN. */
static double real_at(sqlite3_stmt *row, int column, double least)
{
    const double most = (double)STORE_LIMIT * (double)STORE_LIMIT;
    double value = sqlite3_column_double(row, column);
    return value < least ? least : value > most ? most : value;
}

/* NULL when the column is. */
static const char *text_at(struct loader *loader, sqlite3_stmt *row, int column)
{
    const char *text = (const char *)sqlite3_column_text(row, column);
    return text ? pool_text(loader->store->texts, text) : NULL;
}

static const char *name_at(struct loader *loader, sqlite3_stmt *row, int column)
{
    const char *text = text_at(loader, row, column);
    return text ? text : "";
}

static void remember(struct ids *ids, sqlite3_stmt *row, size_t index)
{
    ids_add(ids, sqlite3_column_int64(row, 0), (uint32_t)index);
}

/* The index that the id in COLUMN stands for: false when it dangles; NULL gives STORE_NONE. */
static bool link_at(const struct ids *ids, sqlite3_stmt *row, int column, uint32_t *index)
{
    *index = STORE_NONE;
    return sqlite3_column_type(row, column) == SQLITE_NULL ||
           ids_find(ids, sqlite3_column_int64(row, column), index);
}

static bool read_snapshot(void *context, sqlite3_stmt *row)
{
    struct loader *loader = context;
    struct store_facts *facts = &loader->store->facts;
    int64_t *numbers[] = {&facts->number,      &facts->time_ns,      &facts->uptime_ns,
                          &facts->duration_ns, &facts->epoch,        &facts->pid,
                          &facts->threads,     &facts->sample_bytes, &facts->live_bytes,
                          &facts->live_blocks, &facts->rss_bytes,    &facts->peak_rss_bytes,
                          &facts->started_ns};
    const char **texts[] = {&facts->label,      &facts->reason,       &facts->program,
                            &facts->executable, &facts->command_line, &facts->directory,
                            &facts->host};
    const int count = sizeof numbers / sizeof *numbers;
    if (facts->program)
        return damaged(loader, "it has two rows in table snapshot");
    for (int i = 0; i < count; i++)
        *numbers[i] = number_at(row, i);
    /* these do not fit into 2^53 */
    facts->time_ns = store_sum(sqlite3_column_int64(row, 1), 0);
    facts->started_ns = store_sum(sqlite3_column_int64(row, 12), 0);
    for (size_t i = 0; i < sizeof texts / sizeof *texts; i++)
        *texts[i] = name_at(loader, row, count + (int)i);
    return true;
}

static bool read_module(void *context, sqlite3_stmt *row)
{
    struct loader *loader = context;
    struct store_module module = {.path = name_at(loader, row, 1),
                                  .build_id = text_at(loader, row, 2),
                                  .start = (uint64_t)sqlite3_column_int64(row, 3),
                                  .span = (uint64_t)sqlite3_column_int64(row, 4)};
    remember(&loader->modules, row, loader->store->modules.count);
    VEC_ADD(&loader->store->modules, module);
    return true;
}

static bool read_location(void *context, sqlite3_stmt *row)
{
    struct loader *loader = context;
    struct store_location location = {.id = sqlite3_column_int64(row, 0),
                                      .address = (uint64_t)sqlite3_column_int64(row, 1),
                                      .offset = (uint64_t)sqlite3_column_int64(row, 3),
                                      .jit_name = text_at(loader, row, 4)};
    if (!link_at(&loader->modules, row, 2, &location.module))
        return damaged(loader, "a location refers to a module that is not there");
    remember(&loader->locations, row, loader->store->locations.count);
    VEC_ADD(&loader->store->locations, location);
    return true;
}

static int small_number_at(sqlite3_stmt *row, int column)
{
    int64_t value = sqlite3_column_int64(row, column);
    return value > 0 && value <= INT32_MAX ? (int)value : 0;
}

/* Rows come ordered by location id: those of one location lie side by side. */
static bool read_symbol(void *context, sqlite3_stmt *row)
{
    struct loader *loader = context;
    struct store *store = loader->store;
    struct store_symbol symbol = {.function = name_at(loader, row, 1),
                                  .file = text_at(loader, row, 2),
                                  .line = small_number_at(row, 3),
                                  .column = small_number_at(row, 4)};
    if (!link_at(&loader->locations, row, 0, &symbol.location) || symbol.location == STORE_NONE)
        return damaged(loader, "a symbol refers to a location that is not there");
    struct store_location *location = &store->locations.items[symbol.location];
    if (location->symbol_count++ == 0)
        location->first_symbol = store->symbols.count;
    VEC_ADD(&store->symbols, symbol);
    return true;
}

static bool read_counter(void *context, sqlite3_stmt *row)
{
    struct loader *loader = context;
    struct store_counter counter = {.name = name_at(loader, row, 0),
                                    .value = number_at(row, 1),
                                    .meaning = name_at(loader, row, 2)};
    VEC_ADD(&loader->store->counters, counter);
    return true;
}

/* Parents may come later than their children, so they are linked when all are there. */
static bool read_node(void *context, sqlite3_stmt *row)
{
    struct loader *loader = context;
    struct store_node node = {.parent = STORE_NONE};
    bool is_outermost = sqlite3_column_type(row, 1) == SQLITE_NULL;
    if (!link_at(&loader->locations, row, 2, &node.location) || node.location == STORE_NONE)
        return damaged(loader, "a node refers to a location that is not there");
    remember(&loader->nodes, row, loader->store->nodes.count);
    VEC_ADD(&loader->store->nodes, node);
    VEC_ADD(&loader->parents, is_outermost ? NO_PARENT : sqlite3_column_int64(row, 1));
    return true;
}

static bool link_nodes(struct loader *loader)
{
    struct store *store = loader->store;
    for (size_t i = 0; i < store->nodes.count; i++) {
        int64_t parent = loader->parents.items[i];
        if (parent != NO_PARENT && !ids_find(&loader->nodes, parent, &store->nodes.items[i].parent))
            return damaged(loader, "a node refers to a parent that is not there");
    }
    return true;
}

/* Walks up from every node once; a walk that meets its own number goes in a circle. */
static bool check_tree(struct loader *loader)
{
    struct store *store = loader->store;
    uint32_t *marks = memory_zeroed(store->nodes.count, sizeof *marks);
    bool tree = true;
    for (uint32_t i = 0; i < store->nodes.count && tree; i++) {
        uint32_t node = i, mark = i + 1;
        while (node != STORE_NONE && !marks[node]) {
            marks[node] = mark;
            node = store->nodes.items[node].parent;
        }
        tree = node == STORE_NONE || marks[node] != mark;
    }
    free(marks);
    return tree ? true : damaged(loader, "its frames go in a circle");
}

static bool read_kind(const char *name, enum block_kind *kind)
{
    static const char *const names[] = FORMAT_KIND_NAMES;
    for (int i = 0; i < KIND_COUNT; i++) {
        if (strcmp(names[i], name) == 0) {
            *kind = (enum block_kind)i;
            return true;
        }
    }
    return false;
}

static bool read_stack(void *context, sqlite3_stmt *row)
{
    struct loader *loader = context;
    const char *kind = (const char *)sqlite3_column_text(row, 2);
    struct store_stack stack = {.id = sqlite3_column_int64(row, 0),
                                .live_blocks = number_at(row, 3),
                                .live_bytes = number_at(row, 4),
                                .allocations = number_at(row, 5),
                                .allocated_bytes = number_at(row, 6),
                                .live_variance = real_at(row, 7, 0),
                                .is_truncated = sqlite3_column_int(row, 8) != 0};
    if (!kind || !read_kind(kind, &stack.kind))
        return damaged(loader, "a stack is of an unknown kind");
    stack.node = stack.label = stack.thread = STORE_NONE;
    if (loader->depth >= LOAD_COUNTERS && !link_at(&loader->nodes, row, 1, &stack.node))
        return damaged(loader, "a stack refers to a node that is not there");
    remember(&loader->stacks, row, loader->store->stacks.count);
    VEC_ADD(&loader->store->stacks, stack);
    return true;
}

/* Rows come ordered by stack id, and stacks were numbered in that order: ages lie side by side. */
static bool read_age(void *context, sqlite3_stmt *row)
{
    struct loader *loader = context;
    struct store *store = loader->store;
    struct store_age age = {.epoch = number_at(row, 1),
                            .live_blocks = number_at(row, 2),
                            .live_bytes = number_at(row, 3)};
    if (!link_at(&loader->stacks, row, 0, &age.stack) || age.stack == STORE_NONE)
        return damaged(loader, "an age refers to a stack that is not there");
    struct store_stack *stack = &store->stacks.items[age.stack];
    if (stack->age_count++ == 0)
        stack->first_age = store->ages.count;
    VEC_ADD(&store->ages, age);
    return true;
}

/* As ages: side by side. */
static bool read_size(void *context, sqlite3_stmt *row)
{
    struct loader *loader = context;
    struct store *store = loader->store;
    struct store_size size = {.class = number_at(row, 1),
                              .live_blocks = number_at(row, 2),
                              .live_bytes = number_at(row, 3)};
    if (!link_at(&loader->stacks, row, 0, &size.stack) || size.stack == STORE_NONE)
        return damaged(loader, "a size refers to a stack that is not there");
    struct store_stack *stack = &store->stacks.items[size.stack];
    if (stack->size_count++ == 0)
        stack->first_size = store->sizes.count;
    VEC_ADD(&store->sizes, size);
    return true;
}

static bool read_epoch(void *context, sqlite3_stmt *row)
{
    struct loader *loader = context;
    struct store_epoch epoch = {.number = number_at(row, 0), .uptime_ns = number_at(row, 1)};
    VEC_ADD(&loader->store->epochs, epoch);
    return true;
}

static bool read_code(void *context, sqlite3_stmt *row)
{
    struct loader *loader = context;
    uint32_t index;
    if (!link_at(&loader->stacks, row, 0, &index) || index == STORE_NONE)
        return damaged(loader, "a region refers to a stack that is not there");
    struct store_stack *stack = &loader->store->stacks.items[index];
    int64_t bytes = number_at(row, 1);
    stack->code_bytes = bytes < 0 ? 0 : bytes < stack->live_bytes ? bytes : stack->live_bytes;
    return true;
}

static bool read_region(void *context, sqlite3_stmt *row)
{
    struct loader *loader = context;
    struct store_region region = {.resident_bytes = number_at(row, 1)};
    if (!link_at(&loader->stacks, row, 0, &region.stack))
        return damaged(loader, "a region refers to a stack that is not there");
    VEC_ADD(&loader->store->regions, region);
    return true;
}

static bool read_rss(void *context, sqlite3_stmt *row)
{
    struct loader *loader = context;
    static const char *const names[OWNER_COUNT] = FORMAT_OWNER_NAMES;
    const char *owner = (const char *)sqlite3_column_text(row, 0);
    int known = 0;
    while (known < OWNER_OTHER && (!owner || strcmp(names[known], owner) != 0))
        known++;
    int64_t *sum = &loader->store->rss[known];
    *sum = store_sum(*sum, number_at(row, 1));
    return true;
}

static struct store_statistic statistic_at(struct loader *loader, sqlite3_stmt *row)
{
    return (struct store_statistic){
        .owner = name_at(loader, row, 0),
        .name = name_at(loader, row, 1),
        .value = real_at(row, 2, -(double)STORE_LIMIT * (double)STORE_LIMIT)};
}

static bool read_allocator(void *context, sqlite3_stmt *row)
{
    struct loader *loader = context;
    VEC_ADD(&loader->store->allocator, statistic_at(loader, row));
    return true;
}

static bool read_runtime(void *context, sqlite3_stmt *row)
{
    struct loader *loader = context;
    VEC_ADD(&loader->store->runtime, statistic_at(loader, row));
    return true;
}

static bool read_source_map(void *context, sqlite3_stmt *row)
{
    struct loader *loader = context;
    const struct store_source_map map = {name_at(loader, row, 0), name_at(loader, row, 1)};
    VEC_ADD(&loader->store->source_maps, map);
    return true;
}

static bool read_arenas(void *context, sqlite3_stmt *row)
{
    struct loader *loader = context;
    struct store_arenas *arenas = &loader->store->arenas;
    arenas->count = number_at(row, 0);
    arenas->hole_bytes = number_at(row, 1);
    arenas->top_resident = number_at(row, 2);
    return true;
}

static bool read_holes(void *context, sqlite3_stmt *row)
{
    struct loader *loader = context;
    struct store_arenas *arenas = &loader->store->arenas;
    arenas->largest_class = number_at(row, 0);
    arenas->largest_holes = number_at(row, 1);
    arenas->largest_bytes = number_at(row, 2);
    return true;
}

/* A snapshot without these tables knows less, and is as good. */
static bool read_optional(struct loader *loader, const char *table, const char *sql,
                          rows_reader *reader)
{
    return !rows_has_table(loader->database, table) || read_rows(loader, sql, reader);
}

static bool has_facts(struct loader *loader)
{
    return loader->store->facts.program || damaged(loader, "its table snapshot is empty");
}

struct table {
    const char *sql;
    rows_reader *reader;
    enum load_depth least; /* what is less deep does without */
};

static bool read_some(struct loader *loader, const struct table *tables, size_t count,
                      enum load_depth depth)
{
    for (size_t i = 0; i < count; i++) {
        if (depth >= tables[i].least && !read_rows(loader, tables[i].sql, tables[i].reader))
            return false;
    }
    return true;
}

static bool read_heads(struct loader *loader, enum load_depth depth)
{
    static const struct table tables[] = {
        {QUERY_SNAPSHOT, read_snapshot, LOAD_FACTS},
        {QUERY_EPOCHS, read_epoch, LOAD_FACTS},
        {QUERY_MODULES, read_module, LOAD_MODULES},
    };
    return read_some(loader, tables, sizeof tables / sizeof *tables, depth) && has_facts(loader);
}

static bool read_tables(struct loader *loader, enum load_depth depth)
{
    static const struct table tables[] = {
        {QUERY_LOCATIONS, read_location, LOAD_COUNTERS},
        {QUERY_SYMBOLS, read_symbol, LOAD_COUNTERS},
        {QUERY_COUNTERS, read_counter, LOAD_STACKS},
        {QUERY_NODES, read_node, LOAD_COUNTERS},
        {QUERY_STACKS, read_stack, LOAD_STACKS},
        {QUERY_AGES, read_age, LOAD_ALL},
        {QUERY_SIZES, read_size, LOAD_ALL},
        {QUERY_REGIONS, read_region, LOAD_STACKS},
        {QUERY_CODE, read_code, LOAD_ALL},
        {QUERY_RSS, read_rss, LOAD_STACKS},
        {QUERY_ALLOCATOR, read_allocator, LOAD_STACKS},
        {QUERY_RUNTIME, read_runtime, LOAD_STACKS},
    };
    return read_some(loader, tables, sizeof tables / sizeof *tables, depth) &&
           read_optional(loader, "arena", QUERY_ARENAS, read_arenas) &&
           read_optional(loader, "hole", QUERY_HOLES, read_holes) &&
           (depth < LOAD_COUNTERS ||
            read_optional(loader, "source_map", QUERY_SOURCE_MAPS, read_source_map)) &&
           collected_load(loader->store, loader->database, loader->error) &&
           (depth < LOAD_ALL || tags_load(loader->store, loader->database, loader->error)) &&
           link_nodes(loader) && check_tree(loader) &&
           js_load(loader->store, loader->database, depth >= LOAD_ALL, loader->error);
}

bool load(struct store *store, sqlite3 *database, enum load_depth depth, struct error *error)
{
    struct loader loader = {.store = store, .database = database, .error = error, .depth = depth};
    bool good =
        read_heads(&loader, depth) && (depth <= LOAD_MODULES || read_tables(&loader, depth));
    ids_done(&loader.modules);
    ids_done(&loader.locations);
    ids_done(&loader.nodes);
    ids_done(&loader.stacks);
    VEC_DONE(&loader.parents);
    return good;
}
