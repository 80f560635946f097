/* timeline.c -- Numbers of the process between snapshots.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include "store/timeline.h"

#include "store/queries.h"
#include "store/rows.h"

#include <string.h>

struct reader {
    struct store *store;
    const char *owner, *name; /* of the row before */
};

/* Rows of one series lie side by side: its names are stored once. */
static const char *name_at(struct store *store, sqlite3_stmt *row, int column, const char *before)
{
    const char *text = (const char *)sqlite3_column_text(row, column);
    text = text ? text : "";
    return before && strcmp(before, text) == 0 ? before : pool_text(store->texts, text);
}

static bool read_point(void *context, sqlite3_stmt *row)
{
    const double most = (double)STORE_LIMIT;
    struct reader *reader = context;
    struct store *store = reader->store;
    double value = sqlite3_column_double(row, 3);
    reader->owner = name_at(store, row, 0, reader->owner);
    reader->name = name_at(store, row, 1, reader->name);
    struct store_point point = {.owner = reader->owner,
                                .name = reader->name,
                                .uptime_ns = store_sum(sqlite3_column_int64(row, 2), 0),
                                .value = value > most ? most
                                         : value < 0  ? 0
                                                      : value};
    VEC_ADD(&store->timeline, point);
    return true;
}

bool timeline_load(struct store *store, sqlite3 *database, struct error *error)
{
    const struct rows_source source = {store, database, error};
    struct reader reader = {.store = store};
    bool has_table = rows_has_table(database, "timeline");
    return !has_table || rows_read(&source, QUERY_TIMELINE, read_point, &reader);
}
