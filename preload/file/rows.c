/* rows.c -- Rows into tables with little ceremony.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include "file/rows.h"

#include <stdarg.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

void rows_begin(struct rows *rows, sqlite3 *db, const char *table, int columns)
{
    rows->db = db;
    rows->one = rows->batch = NULL;
    snprintf(rows->table, sizeof rows->table, "%s", table);
    rows->columns = columns;
    rows->waiting = 0;
    rows->failed = 0;
}

/* The statement for so many rows at once. */
static sqlite3_stmt *prepare(struct rows *rows, sqlite3_stmt **statement, int count)
{
    char sql[64 + 32 + 2 * ROWS_BATCH_VALUE + 3 * ROWS_BATCH];
    if (*statement || rows->failed)
        return *statement;
    int length = snprintf(sql, sizeof sql, "INSERT INTO %s VALUES ", rows->table);
    for (int i = 0; i < count * rows->columns; i++) {
        const char *open = i % rows->columns ? "," : i ? "),(" : "(";
        length += snprintf(sql + length, sizeof sql - (size_t)length, "%s?", open);
    }
    snprintf(sql + length, sizeof sql - (size_t)length, ")");
    rows->failed = sqlite3_prepare_v2(rows->db, sql, -1, statement, NULL);
    return *statement;
}

/* Length of the UTF-8 sequence at text, 0 when there is none. Overlong forms, surrogates and
 * numbers above U+10FFFF are none (RFC 3629). */
static int utf8_length(const unsigned char *text)
{
    unsigned char first = text[0];
    int length = first < 0x80   ? 1
                 : first < 0xc2 ? 0
                 : first < 0xe0 ? 2
                 : first < 0xf0 ? 3
                 : first < 0xf5 ? 4
                                : 0;
    for (int i = 1; i < length; i++)
        if ((text[i] & 0xc0) != 0x80)
            return 0;
    if ((first == 0xe0 && text[1] < 0xa0) || (first == 0xed && text[1] > 0x9f) ||
        (first == 0xf0 && text[1] < 0x90) || (first == 0xf4 && text[1] > 0x8f))
        return 0;
    return length;
}

static bool is_utf8(const char *text)
{
    const unsigned char *at = (const unsigned char *)text;
    while (*at) {
        int length = utf8_length(at);
        if (!length)
            return false;
        at += length;
    }
    return true;
}

/* Bytes that are no UTF-8 become question marks: names and paths may be anything. */
static void bind_mended(sqlite3_stmt *insert, int column, const char *text)
{
    char mended[4096];
    size_t length = 0;
    for (const char *at = text; *at && length < sizeof mended - 4;) {
        int sequence = utf8_length((const unsigned char *)at);
        if (sequence == 0) {
            mended[length++] = '?';
            at++;
            continue;
        }
        memcpy(mended + length, at, (size_t)sequence);
        length += (size_t)sequence;
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

static void bind(sqlite3_stmt *insert, int column, const struct rows_value *value)
{
    if (value->kind == 't')
        bind_text(insert, column, value->text);
    else if (value->kind == 's')
        sqlite3_bind_text(insert, column, value->text, -1, SQLITE_STATIC);
    else if (value->kind == 'r')
        sqlite3_bind_double(insert, column, value->real);
    else if (value->kind == 'n' && value->number == 0)
        sqlite3_bind_null(insert, column);
    else
        sqlite3_bind_int64(insert, column, value->number);
}

static void insert_values(struct rows *rows, sqlite3_stmt *insert, const struct rows_value *values,
                          int count)
{
    if (rows->failed)
        return;
    for (int i = 0; i < count; i++)
        bind(insert, i + 1, &values[i]);
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
    sqlite3_stmt *insert = prepare(rows, &rows->batch, batch_of(rows));
    insert_values(rows, insert, rows->values, rows->waiting * rows->columns);
    rows->waiting = 0;
}

static void insert_one_by_one(struct rows *rows)
{
    for (int i = 0; i < rows->waiting; i++) {
        sqlite3_stmt *insert = prepare(rows, &rows->one, 1);
        insert_values(rows, insert, &rows->values[(long)i * rows->columns], rows->columns);
    }
    rows->waiting = 0;
}

void rows_add(struct rows *rows, const char *format, ...)
{
    struct rows_value *value = &rows->values[(long)rows->waiting * rows->columns];
    bool has_text = false;
    va_list values;
    va_start(values, format);
    for (; *format; format++, value++) {
        value->kind = *format;
        if (*format == 't' || *format == 's')
            value->text = va_arg(values, const char *);
        else if (*format == 'r')
            value->real = va_arg(values, double);
        else
            value->number = va_arg(values, sqlite3_int64);
        has_text = has_text || *format == 't';
    }
    va_end(values);
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
