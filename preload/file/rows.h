/* rows.h -- Rows into tables: each value stands beside the name of its column.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#ifndef FILE_ROWS_H
#define FILE_ROWS_H

#include <sqlite3.h>

#define ROWS_BATCH       64  /* rows that go into the table by one statement */
#define ROWS_BATCH_VALUE 512 /* values of a batch, at most */
#define ROWS_COLUMNS     32  /* of a row, at most */

enum rows_kind { ROWS_IS_NULL, ROWS_IS_INTEGER, ROWS_IS_REAL, ROWS_IS_TEXT, ROWS_IS_WORD };

struct rows_value {
    const char *column; /* a literal */
    enum rows_kind kind;
    union {
        sqlite3_int64 integer;
        double real;
        const char *text;
    };
};

#define ROWS_VALUE(name, type, field, value)                                                       \
    ((struct rows_value){.column = #name, .kind = (type), .field = (value)})

#define ROWS_INT(column, value) ROWS_VALUE(column, ROWS_IS_INTEGER, integer, (sqlite3_int64)(value))
/* NULL unless the condition holds. */
#define ROWS_INT_IF(column, condition, value)                                                      \
    ROWS_VALUE(column, (condition) ? ROWS_IS_INTEGER : ROWS_IS_NULL, integer,                      \
               (sqlite3_int64)(value))
/* A reference to another row; 0 is NULL. */
#define ROWS_ID(column, value)   ROWS_INT_IF(column, (value) != 0, value)
#define ROWS_REAL(column, value) ROWS_VALUE(column, ROWS_IS_REAL, real, value)
/* A string that may go away after rows_add. NULL is NULL; text that is not UTF-8 is mended. */
#define ROWS_TEXT(column, value) ROWS_VALUE(column, ROWS_IS_TEXT, text, value)
/* A string of UTF-8 that stays until rows_end. */
#define ROWS_WORD(column, value) ROWS_VALUE(column, ROWS_IS_WORD, text, value)

/* Rows of numbers and words wait for their batch: a statement costs as much as three rows. Rows
 * with other text go at once. */
struct rows {
    sqlite3 *db;
    sqlite3_stmt *one, *batch; /* INSERTs of one row, and of a batch of them; made when needed */
    const char *table;
    const char *names[ROWS_COLUMNS];            /* of the columns, as the first row has them */
    int columns;                                /* 0: no row yet */
    int waiting;                                /* rows */
    struct rows_value values[ROWS_BATCH_VALUE]; /* of the rows that wait */
    int failed;                                 /* the first SQLite error of any of its calls */
};

void rows_begin(struct rows *rows, sqlite3 *db, const char *table);

/* Adds a row; a column without a value gets the table's default. All rows have the same columns in
 * the same order, else the table gets no more rows and rows_end returns SQLITE_MISUSE. */
#define ROWS_ADD(rows, ...)                                                                        \
    rows_add((rows), (const struct rows_value[]){__VA_ARGS__},                                     \
             sizeof((const struct rows_value[]){__VA_ARGS__}) / sizeof(struct rows_value))
void rows_add(struct rows *rows, const struct rows_value *values, unsigned long count);

/* Returns 0 or the first SQLite error. */
int rows_end(struct rows *rows);

#endif
