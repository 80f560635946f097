/* rows.c -- A sound database with the tables of a snapshot, whose cells may hold anything.
 *
 * The input is a list of changes to the rows of base.sql: what a byte-wise change of a database
 * hardly ever gets past SQLite's own checks. Tables lose their types and keys first, as an attacker
 * could make them.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include "fuzz.h"
#include "output.h"

#include <sqlite3.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "format/schema.h"

#define TABLES  32
#define COLUMNS 32
#define CHANGES 64

extern const char base_sql[];

static struct table {
    char name[32], columns[COLUMNS][32];
    int column_count;
} tables[TABLES];
static unsigned table_count;
static unsigned char *image;
static sqlite3_int64 image_size;

static void must(int status, sqlite3 *database)
{
    if (status == SQLITE_OK)
        return;
    fprintf(stderr, "%s\n", sqlite3_errmsg(database));
    abort();
}

static void run(sqlite3 *database, const char *sql)
{
    must(sqlite3_exec(database, sql, NULL, NULL, NULL), database);
}

static void learn_columns(sqlite3 *database, struct table *table)
{
    char sql[96];
    sqlite3_stmt *row;
    snprintf(sql, sizeof sql, "PRAGMA table_info(%s)", table->name);
    must(sqlite3_prepare_v2(database, sql, -1, &row, NULL), database);
    while (sqlite3_step(row) == SQLITE_ROW && table->column_count < COLUMNS)
        snprintf(table->columns[table->column_count++], sizeof *table->columns, "%s",
                 (const char *)sqlite3_column_text(row, 1));
    sqlite3_finalize(row);
}

/* Copies without types and keys. */
static void copy_tables(sqlite3 *database)
{
    sqlite3_stmt *row;
    must(sqlite3_prepare_v2(database, "SELECT name FROM main.sqlite_schema WHERE type = 'table'",
                            -1, &row, NULL),
         database);
    while (sqlite3_step(row) == SQLITE_ROW && table_count < TABLES) {
        struct table *table = &tables[table_count++];
        char sql[128];
        snprintf(table->name, sizeof table->name, "%s", (const char *)sqlite3_column_text(row, 0));
        learn_columns(database, table);
        snprintf(sql, sizeof sql, "CREATE TABLE lax.%s AS SELECT * FROM main.%s", table->name,
                 table->name);
        run(database, sql);
    }
    sqlite3_finalize(row);
}

static void begin(void)
{
    sqlite3 *database;
    char sql[160];
    must(sqlite3_open(":memory:", &database), database);
    run(database, format_schema_sql);
    run(database, base_sql);
    run(database, "ATTACH ':memory:' AS lax; PRAGMA lax.page_size = 512");
    snprintf(sql, sizeof sql, "PRAGMA lax.application_id = %d; PRAGMA lax.user_version = %d",
             FORMAT_APPLICATION_ID, FORMAT_VERSION);
    run(database, sql);
    copy_tables(database);
    image = sqlite3_serialize(database, "lax", &image_size, 0);
    if (!image)
        abort();
    sqlite3_close(database);
}

/* ---- changes -----------------------------------------------------------------------------------
 */

struct input {
    const uint8_t *at, *end;
};

static uint8_t next(struct input *input)
{
    return input->at < input->end ? *input->at++ : 0;
}

static int64_t next_number(struct input *input)
{
    static const int64_t borders[] = {0,         1,         -1,
                                      INT32_MAX, INT32_MIN, UINT32_MAX,
                                      INT64_MAX, INT64_MIN, (int64_t)1 << 53,
                                      4096,      -4096,     0x7fffffffffff};
    uint64_t number = 0;
    uint8_t form = next(input);
    if (form < 128)
        return borders[form % (sizeof borders / sizeof *borders)] ^ (form & 16 ? 1 : 0);
    for (unsigned i = 0; i < form % 8u + 1; i++)
        number = number << 8 | next(input);
    return (int64_t)number;
}

static void bind(sqlite3_stmt *change, struct input *input)
{
    uint8_t kind = next(input);
    size_t length = next(input), left = (size_t)(input->end - input->at);
    length = length < left ? length : left;
    if (kind % 6 == 0)
        sqlite3_bind_null(change, 1);
    else if (kind % 6 == 1)
        sqlite3_bind_double(change, 1, (double)next_number(input) * (kind & 64 ? 1e300 : 1e-3));
    else if (kind % 6 == 2)
        sqlite3_bind_blob(change, 1, input->at, (int)length, SQLITE_TRANSIENT);
    else if (kind % 6 == 3)
        sqlite3_bind_text(change, 1, (const char *)input->at, (int)length, SQLITE_TRANSIENT);
    else
        sqlite3_bind_int64(change, 1, next_number(input));
    input->at += kind % 6 == 2 || kind % 6 == 3 ? length : 0;
}

static void change(sqlite3 *database, struct input *input)
{
    const struct table *table = &tables[next(input) % table_count];
    const char *column = table->columns[next(input) % table->column_count];
    unsigned action = next(input), row = next(input);
    char sql[256];
    sqlite3_stmt *statement;
    if (action % 8 == 0)
        snprintf(sql, sizeof sql, "DELETE FROM %s WHERE rowid = 1 + %u", table->name, row % 16);
    else if (action % 8 == 1)
        snprintf(sql, sizeof sql, "INSERT INTO %s SELECT * FROM %s WHERE rowid = 1 + %u",
                 table->name, table->name, row % 16);
    else
        snprintf(sql, sizeof sql, "UPDATE %s SET %s = ?1 WHERE rowid = 1 + %u OR %u", table->name,
                 column, row % 16, action % 8 == 2);
    must(sqlite3_prepare_v2(database, sql, -1, &statement, NULL), database);
    if (action % 8 > 1)
        bind(statement, input);
    sqlite3_step(statement);
    sqlite3_finalize(statement);
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size)
{
    struct input input = {bytes, bytes + size};
    sqlite3 *database;
    sqlite3_int64 new_size;
    if (!image)
        begin();
    unsigned char *copy = sqlite3_malloc64((sqlite3_uint64)image_size);
    memcpy(copy, image, (size_t)image_size);
    must(sqlite3_open(":memory:", &database), database);
    must(sqlite3_deserialize(database, "main", copy, image_size, image_size,
                             SQLITE_DESERIALIZE_FREEONCLOSE | SQLITE_DESERIALIZE_RESIZEABLE),
         database);
    uint8_t which = next(&input);
    run(database, "BEGIN");
    for (unsigned i = 0; i < CHANGES && input.at < input.end; i++)
        change(database, &input);
    run(database, "COMMIT");
    unsigned char *made = sqlite3_serialize(database, "main", &new_size, SQLITE_SERIALIZE_NOCOPY);
    const char *paths[2] = {output_file(0, image, (size_t)image_size),
                            output_file(1, made, (size_t)new_size)};
    sqlite3_close(database);
    if (which & 0x80)
        output_try(paths, 2, which & 0x7f);
    else
        output_try(paths + 1, 1, which);
    return 0;
}
