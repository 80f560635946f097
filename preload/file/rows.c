/* rows.c -- Rows into tables: each value stands beside the name of its column.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include "file/rows.h"

#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include "base/utf8.h"

void rows_begin(struct rows *rows, sqlite3 *db, const char *table)
{
    rows->db = db;
    rows->one = rows->batch = NULL;
    rows->table = table;
    rows->columns = 0;
    rows->waiting = 0;
    rows->failed = 0;
}

/* The columns by name: SQLite refuses one that the table does not have. */
static size_t write_columns(const struct rows *rows, char *sql, size_t size)
{
    size_t length = (size_t)snprintf(sql, size, "INSERT INTO %s (", rows->table);
    for (int i = 0; i < rows->columns && length < size; i++)
        length +=
            (size_t)snprintf(sql + length, size - length, "%s\"%s\"", i ? "," : "", rows->names[i]);
    return length;
}

/* The statement for so many rows at once. */
static sqlite3_stmt *rows_prepare(struct rows *rows, sqlite3_stmt **statement, int count)
{
    char sql[ROWS_COLUMNS * 40 + 2 * ROWS_BATCH_VALUE + 3 * ROWS_BATCH];
    if (*statement || rows->failed)
        return *statement;
    size_t length = write_columns(rows, sql, sizeof sql);
    for (int i = 0; i < count * rows->columns && length < sizeof sql; i++) {
        const char *open = i == 0 ? ") VALUES (" : i % rows->columns ? "," : "),(";
        length += (size_t)snprintf(sql + length, sizeof sql - length, "%s?", open);
    }
    if (length + 1 < sizeof sql)
        memcpy(sql + length, ")", 2);
    rows->failed = sqlite3_prepare_v2(rows->db, sql, -1, statement, NULL);
    return *statement;
}

static bool is_utf8(const char *text)
{
    unsigned length = 1;
    for (; *text && length; text += length)
        length = utf8_length(text);
    return length > 0;
}

/* Bytes that are no UTF-8 become question marks: names and paths may be anything. */
static void bind_mended(sqlite3_stmt *insert, int column, const char *text)
{
    char mended[4096];
    size_t length = 0;
    for (const char *at = text; *at && length < sizeof mended - 4;) {
        unsigned sequence = utf8_length(at);
        if (sequence == 0) {
            mended[length++] = '?';
            at++;
            continue;
        }
        memcpy(mended + length, at, sequence);
        length += sequence;
        at += sequence;
    }
    sqlite3_bind_text(insert, column, mended, (int)length, SQLITE_TRANSIENT);
}

static void bind_text(sqlite3_stmt *insert, int column, const char *text)
{
    if (!text)
        sqlite3_bind_null(insert, column);
    else if (is_utf8(text))
        sqlite3_bind_text(insert, column, text, -1, SQLITE_STATIC);
    else
        bind_mended(insert, column, text);
}

static void rows_bind(sqlite3_stmt *insert, int column, const struct rows_value *value)
{
    switch (value->kind) {
    case ROWS_IS_NULL:
        sqlite3_bind_null(insert, column);
        break;
    case ROWS_IS_INTEGER:
        sqlite3_bind_int64(insert, column, value->integer);
        break;
    case ROWS_IS_REAL:
        sqlite3_bind_double(insert, column, value->real);
        break;
    case ROWS_IS_TEXT:
        bind_text(insert, column, value->text);
        break;
    case ROWS_IS_WORD:
        sqlite3_bind_text(insert, column, value->text, -1, SQLITE_STATIC);
        break;
    }
}

static void insert_values(struct rows *rows, sqlite3_stmt *insert, const struct rows_value *values,
                          int count)
{
    if (rows->failed)
        return;
    for (int i = 0; i < count; i++)
        rows_bind(insert, i + 1, &values[i]);
    int result = sqlite3_step(insert);
    if (result != SQLITE_DONE)
        rows->failed = result;
    sqlite3_reset(insert);
}

static int batch_of(const struct rows *rows)
{
    int most = ROWS_BATCH_VALUE / rows->columns;
    return most < ROWS_BATCH ? most : ROWS_BATCH;
}

static void insert_batch(struct rows *rows)
{
    sqlite3_stmt *insert = rows_prepare(rows, &rows->batch, batch_of(rows));
    insert_values(rows, insert, rows->values, rows->waiting * rows->columns);
    rows->waiting = 0;
}

static void insert_one_by_one(struct rows *rows)
{
    for (int i = 0; i < rows->waiting; i++) {
        sqlite3_stmt *insert = rows_prepare(rows, &rows->one, 1);
        insert_values(rows, insert, &rows->values[(long)i * rows->columns], rows->columns);
    }
    rows->waiting = 0;
}

/* The first row's columns are those of the statement; SQLite would take one twice. */
static bool take_columns(struct rows *rows, const struct rows_value *values, int count)
{
    if (count < 1 || count > ROWS_COLUMNS)
        return false;
    for (int i = 0; i < count; i++) {
        for (int j = 0; j < i; j++)
            if (strcmp(values[i].column, values[j].column) == 0)
                return false;
        rows->names[i] = values[i].column;
    }
    rows->columns = count;
    return true;
}

/* Mostly by address: rows of a table come from one line of the source. */
static bool has_columns(const struct rows *rows, const struct rows_value *values, int count)
{
    if (count != rows->columns)
        return false;
    for (int i = 0; i < count; i++)
        if (values[i].column != rows->names[i] && strcmp(values[i].column, rows->names[i]) != 0)
            return false;
    return true;
}

void rows_add(struct rows *rows, const struct rows_value *values, unsigned long count)
{
    bool has_text = false;
    if (rows->failed)
        return;
    if (rows->columns ? !has_columns(rows, values, (int)count)
                      : !take_columns(rows, values, (int)count)) {
        rows->failed = SQLITE_MISUSE;
        return;
    }
    struct rows_value *row = &rows->values[(long)rows->waiting * rows->columns];
    for (unsigned long i = 0; i < count; i++) {
        row[i] = values[i];
        has_text = has_text || values[i].kind == ROWS_IS_TEXT;
    }
    rows->waiting++;
    if (has_text) /* it may not outlive this call */
        insert_one_by_one(rows);
    else if (rows->waiting == batch_of(rows))
        insert_batch(rows);
}

int rows_end(struct rows *rows)
{
    insert_one_by_one(rows);
    sqlite3_finalize(rows->one);
    sqlite3_finalize(rows->batch);
    return rows->failed;
}
