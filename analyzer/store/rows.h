/* rows.h -- Reads the rows of a query, one by one.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#ifndef ANALYZER_STORE_ROWS_H
#define ANALYZER_STORE_ROWS_H

#include "store/store.h"

#include <sqlite3.h>

struct rows_source {
    struct store *store; /* whose path an error names */
    sqlite3 *database;
    struct error *error;
};

/* Takes a row over; false with the source's error filled ends the reading. */
typedef bool rows_reader(void *context, sqlite3_stmt *row);

/* Reads the rows of SQL one by one; sees it when the file turns out to be malformed on the way. */
bool rows_read(const struct rows_source *source, const char *sql, rows_reader *read, void *context);

/* Says that the file is damaged, and how; always false. */
bool rows_damaged(const struct store *store, struct error *error, const char *how);

/* Whether the file has the table: one that an older version wrote may not. */
bool rows_has_table(sqlite3 *database, const char *table);

#endif
