/* rows.h -- Rows into tables with little ceremony: what writer.c and facts.c share.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#ifndef FILE_ROWS_H
#define FILE_ROWS_H

#include <sqlite3.h>

#define ROWS_BATCH       64  /* rows that go into the table by one statement */
#define ROWS_BATCH_VALUE 512 /* values of a batch, at most */

/* Rows of numbers and lasting text wait for their batch: the price of a statement is that of three
 * rows. Rows with other text go at once. */
struct rows {
    sqlite3 *db;
    sqlite3_stmt *one, *batch; /* INSERTs of one row, and of a batch of them; made when needed */
    char table[64];
    int columns;
    int waiting; /* rows */
    struct rows_value {
        char kind; /* as in the format of rows_add */
        union {
            sqlite3_int64 number;
            double real;
            const char *text;
        };
    } values[ROWS_BATCH_VALUE]; /* of the rows that wait */
    int failed;                 /* first SQLite error of any of its calls */
};

/* table is "name" or "name (columns)"; columns is the number of values, at most 64. */
void rows_begin(struct rows *rows, sqlite3 *db, const char *table, int columns);

/* Values of one row, in the order of format: 'i' sqlite3_int64, 'n' sqlite3_int64 where 0 is NULL,
 * 'r' double, 't' const char * (NULL is NULL; text that is not UTF-8 is mended), 's' const char *
 * of UTF-8 that is there until rows_end. */
void rows_add(struct rows *rows, const char *format, ...);

/* Returns 0 or the first SQLite error. */
int rows_end(struct rows *rows);

#endif
