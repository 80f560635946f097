/* collected.c -- What collections of garbage freed, of each stack.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include "store/collected.h"

#include "store/load.h"
#include "store/queries.h"
#include "store/rows.h"

static int64_t bounded(int64_t number)
{
    return number > STORE_LIMIT ? STORE_LIMIT : number < -STORE_LIMIT ? -STORE_LIMIT : number;
}

static bool read_row(struct store *store, sqlite3_stmt *row, struct error *error)
{
    uint32_t index = store_find_stack(store, sqlite3_column_int64(row, 0));
    if (index == STORE_NONE)
        return rows_damaged(store, error, "a collection refers to a stack that is not there");
    store->stacks.items[index].collected_blocks = bounded(sqlite3_column_int64(row, 1));
    store->stacks.items[index].collected_bytes = bounded(sqlite3_column_int64(row, 2));
    return true;
}

bool collected_load(struct store *store, sqlite3 *database, struct error *error)
{
    sqlite3_stmt *row = NULL;
    if (sqlite3_table_column_metadata(database, NULL, "collected", NULL, NULL, NULL, NULL, NULL,
                                      NULL) != SQLITE_OK)
        return true; /* of an older version */
    int status = sqlite3_prepare_v2(database, QUERY_COLLECTED, -1, &row, NULL);
    bool good = status == SQLITE_OK;
    while (good && (status = sqlite3_step(row)) == SQLITE_ROW)
        good = read_row(store, row, error);
    if (good && status != SQLITE_DONE)
        good = false;
    if (!good && status != SQLITE_ROW)
        rows_damaged(store, error, sqlite3_errmsg(database));
    sqlite3_finalize(row);
    return good;
}
