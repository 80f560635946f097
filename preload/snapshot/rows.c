/* rows.c -- Rows into tables with little ceremony.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include "snapshot/rows.h"

#include <stdarg.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

void rows_begin(struct rows *rows, sqlite3 *db, const char *table, int columns)
{
    char sql[256];
    int length = snprintf(sql, sizeof sql, "INSERT INTO %s VALUES (?", table);
    for (int i = 1; i < columns; i++)
        length += snprintf(sql + length, sizeof sql - (size_t)length, ",?");
    snprintf(sql + length, sizeof sql - (size_t)length, ")");
    *rows = (struct rows){.db = db};
    rows->failed = sqlite3_prepare_v2(db, sql, -1, &rows->insert, NULL);
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

static void bind_number(sqlite3_stmt *insert, int column, sqlite3_int64 number, bool may_be_null)
{
    if (number == 0 && may_be_null)
        sqlite3_bind_null(insert, column);
    else
        sqlite3_bind_int64(insert, column, number);
}

void rows_add(struct rows *rows, const char *format, ...)
{
    if (rows->failed)
        return;
    va_list values;
    va_start(values, format);
    for (int i = 0; format[i]; i++) {
        if (format[i] == 't')
            bind_text(rows->insert, i + 1, va_arg(values, const char *));
        else if (format[i] == 'r')
            sqlite3_bind_double(rows->insert, i + 1, va_arg(values, double));
        else
            bind_number(rows->insert, i + 1, va_arg(values, sqlite3_int64), format[i] == 'n');
    }
    va_end(values);
    int result = sqlite3_step(rows->insert);
    if (result != SQLITE_DONE)
        rows->failed = result;
    sqlite3_reset(rows->insert);
}

int rows_end(struct rows *rows)
{
    sqlite3_finalize(rows->insert);
    return rows->failed;
}
