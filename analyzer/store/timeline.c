/* timeline.c -- Numbers of the process between snapshots.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include "store/timeline.h"

#include "store/load.h"
#include "store/queries.h"

#include <string.h>

/* Rows of one series lie side by side: its names are stored once. */
static const char *name_at(struct store *store, sqlite3_stmt *row, int column, const char *before)
{
    const char *text = (const char *)sqlite3_column_text(row, column);
    text = text ? text : "";
    return before && strcmp(before, text) == 0 ? before : pool_text(store->texts, text);
}

static void read_point(struct store *store, sqlite3_stmt *row)
{
    const double most = (double)STORE_LIMIT;
    size_t count = store->timeline.count;
    const struct store_point *last = count ? &store->timeline.items[count - 1] : NULL;
    double value = sqlite3_column_double(row, 3);
    struct store_point point = {.owner = name_at(store, row, 0, last ? last->owner : NULL),
                                .name = name_at(store, row, 1, last ? last->name : NULL),
                                .time_ns = store_sum(sqlite3_column_int64(row, 2), 0),
                                .value = value > most ? most
                                         : value < 0  ? 0
                                                      : value};
    VEC_ADD(&store->timeline, point);
}

bool timeline_load(struct store *store, sqlite3 *database, struct error *error)
{
    sqlite3_stmt *row = NULL;
    if (sqlite3_table_column_metadata(database, NULL, "timeline", NULL, NULL, NULL, NULL, NULL,
                                      NULL) != SQLITE_OK)
        return true;
    int status = sqlite3_prepare_v2(database, QUERY_TIMELINE, -1, &row, NULL);
    bool good = status == SQLITE_OK;
    while (good && (status = sqlite3_step(row)) == SQLITE_ROW &&
           store->timeline.count < TIMELINE_MOST)
        read_point(store, row);
    if (!good || (status != SQLITE_DONE && status != SQLITE_ROW))
        good = load_damaged(store, error, sqlite3_errmsg(database));
    sqlite3_finalize(row);
    return good;
}
