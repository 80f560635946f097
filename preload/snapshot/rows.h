/* rows.h -- Rows into tables with little ceremony: what writer.c and facts.c share.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#ifndef SNAPSHOT_ROWS_H
#define SNAPSHOT_ROWS_H

#include <sqlite3.h>

/* One prepared INSERT. Errors stick in the database handle and are asked for at the end. */
struct rows {
    sqlite3 *db;
    sqlite3_stmt *insert;
    int failed; /* first SQLite error of any of its calls */
};

/* table is "name" or "name (columns)"; columns is the number of values. */
void rows_begin(struct rows *rows, sqlite3 *db, const char *table, int columns);

/* Values of one row, in the order of format: 'i' sqlite3_int64, 'n' sqlite3_int64 where 0 is NULL,
 * 'r' double, 't' const char * (NULL is NULL; text that is not UTF-8 is mended). */
void rows_add(struct rows *rows, const char *format, ...);

/* Returns 0 or the first SQLite error. */
int rows_end(struct rows *rows);

#endif
