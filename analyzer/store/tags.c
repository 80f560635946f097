/* tags.c -- Which label and which thread the stacks of a snapshot are of.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include "store/tags.h"

#include "store/ids.h"
#include "store/load.h"
#include "store/queries.h"
#include "store/rows.h"

struct reader {
    struct store *store;
    struct error *error;
    struct ids labels, threads;
};

static const char *text_of(struct reader *reader, sqlite3_stmt *row, int column)
{
    const char *text = (const char *)sqlite3_column_text(row, column);
    return pool_text(reader->store->texts, text ? text : "");
}

static bool read_label(void *context, sqlite3_stmt *row)
{
    struct reader *reader = context;
    struct store *store = reader->store;
    ids_add(&reader->labels, sqlite3_column_int64(row, 0), (uint32_t)store->labels.count);
    VEC_ADD(&store->labels, text_of(reader, row, 1));
    return true;
}

static bool read_thread(void *context, sqlite3_stmt *row)
{
    struct reader *reader = context;
    struct store *store = reader->store;
    struct store_thread thread = {.number = sqlite3_column_int64(row, 0),
                                  .name = text_of(reader, row, 1),
                                  .has_ended = sqlite3_column_int(row, 2) != 0};
    ids_add(&reader->threads, thread.number, (uint32_t)store->threads.count);
    VEC_ADD(&store->threads, thread);
    return true;
}

static bool link_to(const struct ids *ids, sqlite3_stmt *row, int column, uint32_t *index)
{
    return sqlite3_column_type(row, column) == SQLITE_NULL ||
           ids_find(ids, sqlite3_column_int64(row, column), index);
}

static bool read_tag(void *context, sqlite3_stmt *row)
{
    struct reader *reader = context;
    struct store *store = reader->store;
    uint32_t index = store_find_stack(store, sqlite3_column_int64(row, 0));
    if (index == STORE_NONE)
        return rows_damaged(store, reader->error, "a tag refers to a stack that is not there");
    struct store_stack *stack = &store->stacks.items[index];
    if (!link_to(&reader->labels, row, 1, &stack->label))
        return rows_damaged(store, reader->error, "a tag refers to a label that is not there");
    if (!link_to(&reader->threads, row, 2, &stack->thread))
        return rows_damaged(store, reader->error, "a tag refers to a thread that is not there");
    return true;
}

bool tags_load(struct store *store, sqlite3 *database, struct error *error)
{
    struct reader reader = {.store = store, .error = error};
    const struct rows_source source = {store, database, error};
    store->has_tags = rows_has_table(database, "tag");
    bool good = !store->has_tags || (rows_read(&source, QUERY_LABELS, read_label, &reader) &&
                                     rows_read(&source, QUERY_THREADS, read_thread, &reader) &&
                                     rows_read(&source, QUERY_TAGS, read_tag, &reader));
    ids_done(&reader.labels);
    ids_done(&reader.threads);
    return good;
}
