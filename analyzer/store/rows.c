/* rows.c -- Reads the rows of a query, one by one.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include "store/rows.h"

bool rows_damaged(const struct store *store, struct error *error, const char *how)
{
    return error_set(error, "copy it again, or take a new snapshot", "%s is damaged: %s",
                     store->path, how);
}

bool rows_read(const struct rows_source *source, const char *sql, rows_reader *read, void *context)
{
    sqlite3_stmt *row = NULL;
    if (sqlite3_prepare_v2(source->database, sql, -1, &row, NULL) != SQLITE_OK)
        return rows_damaged(source->store, source->error, sqlite3_errmsg(source->database));
    bool good = true;
    int status = SQLITE_DONE;
    while (good && (status = sqlite3_step(row)) == SQLITE_ROW)
        good = read(context, row);
    if (good && status != SQLITE_DONE)
        good = rows_damaged(source->store, source->error, sqlite3_errmsg(source->database));
    sqlite3_finalize(row);
    return good;
}

bool rows_has_table(sqlite3 *database, const char *table)
{
    return sqlite3_table_column_metadata(database, NULL, table, NULL, NULL, NULL, NULL, NULL,
                                         NULL) == SQLITE_OK;
}
