/* js.c -- Live objects of JavaScript heaps, as stacks of KIND_JS behind all others.
 *
 * The profiler knows functions by name and place, not by address. A location gets the name that V8
 * would give to its code, so that a function has one name wherever it occurs, and an address that
 * no code has, made of that name: the same in all snapshots.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include "store/js.h"

#include "base/map.h"
#include "store/ids.h"
#include "store/queries.h"
#include "store/rows.h"

#include <string.h>

#define JS_ADDRESSES ((uint64_t)3 << 61) /* above those of Python's functions */

struct reader {
    struct store *store;
    struct error *error;
    struct ids frames, nodes;
    bool with_ages;
    uint32_t last_node; /* whose stack is the last one; STORE_NONE: none yet */
};

static bool damaged(struct reader *reader, const char *how)
{
    return rows_damaged(reader->store, reader->error, how);
}

static int64_t number_at(sqlite3_stmt *row, int column)
{
    int64_t value = sqlite3_column_int64(row, column);
    return value < 0 ? 0 : value > STORE_LIMIT ? STORE_LIMIT : value;
}

static const char *text_at(sqlite3_stmt *row, int column)
{
    const char *text = (const char *)sqlite3_column_text(row, column);
    return text ? text : "";
}

/* What has no place is one of V8's own functions: Map.prototype.set, "(V8 API)". */
static const char *name_of(struct pool *pool, sqlite3_stmt *row)
{
    const char *function = text_at(row, 1), *url = text_at(row, 2);
    long long line = number_at(row, 3), column = number_at(row, 4);
    if (!*url && line == 0)
        return pool_format(pool, "Builtin:%s", function);
    return pool_format(pool, "JS:%s %s:%lld:%lld", function, url, line, column);
}

static bool read_frame(void *context, sqlite3_stmt *row)
{
    struct reader *reader = context;
    struct store *store = reader->store;
    const char *name = name_of(store->texts, row);
    struct store_location location = {.id = -1 - (int64_t)store->locations.count,
                                      .address = JS_ADDRESSES | (map_hash(name, strlen(name)) >> 3),
                                      .module = STORE_NONE,
                                      .jit_name = name,
                                      .is_of_profile = true,
                                      .first_symbol = store->symbols.count};
    ids_add(&reader->frames, sqlite3_column_int64(row, 0), (uint32_t)store->locations.count);
    VEC_ADD(&store->locations, location);
    return true;
}

static bool read_node(void *context, sqlite3_stmt *row)
{
    struct reader *reader = context;
    struct store *store = reader->store;
    struct store_node node = {.parent = STORE_NONE};
    if (!ids_find(&reader->frames, sqlite3_column_int64(row, 2), &node.location))
        return damaged(reader, "a node of JavaScript refers to a frame that is not there");
    /* Callers come first, so that there are no circles. */
    if (sqlite3_column_type(row, 1) != SQLITE_NULL &&
        !ids_find(&reader->nodes, sqlite3_column_int64(row, 1), &node.parent))
        return damaged(reader, "a node of JavaScript refers to a caller that is not there");
    ids_add(&reader->nodes, sqlite3_column_int64(row, 0), (uint32_t)store->nodes.count);
    VEC_ADD(&store->nodes, node);
    return true;
}

static struct store_stack *stack_of(struct reader *reader, uint32_t node)
{
    struct store *store = reader->store;
    size_t count = store->stacks.count;
    if (reader->last_node != node) {
        struct store_stack stack = {.id =
                                        count ? store_sum(store->stacks.items[count - 1].id, 1) : 1,
                                    .node = node,
                                    .kind = KIND_JS,
                                    .label = STORE_NONE,
                                    .thread = STORE_NONE,
                                    .first_age = store->ages.count,
                                    .first_size = store->sizes.count};
        VEC_ADD(&store->stacks, stack);
        reader->last_node = node;
    }
    return &store->stacks.items[store->stacks.count - 1];
}

static bool read_live(void *context, sqlite3_stmt *row)
{
    struct reader *reader = context;
    const double most = (double)STORE_LIMIT * (double)STORE_LIMIT;
    struct store *store = reader->store;
    struct store_age age = {.epoch = number_at(row, 1),
                            .live_blocks = number_at(row, 2),
                            .live_bytes = number_at(row, 3)};
    double variance = sqlite3_column_double(row, 4);
    uint32_t node;
    if (!ids_find(&reader->nodes, sqlite3_column_int64(row, 0), &node))
        return damaged(reader, "objects of JavaScript refer to a node that is not there");
    struct store_stack *stack = stack_of(reader, node);
    stack->live_blocks = store_sum(stack->live_blocks, age.live_blocks);
    stack->live_bytes = store_sum(stack->live_bytes, age.live_bytes);
    stack->live_variance += variance < 0 ? 0 : variance > most ? most : variance;
    age.stack = (uint32_t)(store->stacks.count - 1);
    if (reader->with_ages) {
        stack->age_count++;
        VEC_ADD(&store->ages, age);
    }
    return true;
}

static bool has_profile(const struct store *store)
{
    for (size_t i = 0; i < store->runtime.count; i++)
        if (strcmp(store->runtime.items[i].name, FORMAT_JS_SAMPLE) == 0)
            return true;
    return false;
}

bool js_load(struct store *store, sqlite3 *database, bool with_ages, struct error *error)
{
    struct reader reader = {
        .store = store, .error = error, .with_ages = with_ages, .last_node = STORE_NONE};
    const struct rows_source source = {store, database, error};
    bool has_tables = rows_has_table(database, "js_live");
    bool good = !has_tables || (rows_read(&source, QUERY_JS_FRAMES, read_frame, &reader) &&
                                rows_read(&source, QUERY_JS_NODES, read_node, &reader) &&
                                rows_read(&source, QUERY_JS_LIVE, read_live, &reader));
    store->has_js = reader.last_node != STORE_NONE || (has_tables && has_profile(store));
    ids_done(&reader.frames);
    ids_done(&reader.nodes);
    return good;
}
