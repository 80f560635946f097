/* guard.c -- The settings under which an untrusted database is opened.
 *
 * What https://www.sqlite.org/security.html advises for files of unknown origin: the file's views
 * and triggers do not run, functions that could do harm are not called from its schema, sizes are
 * limited, nothing is mapped, and an authorizer lets only the statements of queries.h through. So a
 * generated column of the file's own can call what our queries call, and no more.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include "store/guard.h"

#include <string.h>

#define LONGEST    (16 << 20) /* bytes of a text or a row; names have 4 KiB, command lines 2 MiB */
#define STEP       100000     /* operations of SQLite's machine between two looks at the budget */
#define BASE_STEPS 1000       /* for any file; some seconds */
#define BYTES_A_STEP                                                                               \
    1000 /* of the file: a row has ten bytes at least, and takes 100 operations                    \
          */

void guard_settle(sqlite3 *database)
{
    static const struct {
        int what, value;
    } settings[] = {{SQLITE_DBCONFIG_DEFENSIVE, 1},
                    {SQLITE_DBCONFIG_TRUSTED_SCHEMA, 0},
                    {SQLITE_DBCONFIG_ENABLE_VIEW, 0},
                    {SQLITE_DBCONFIG_ENABLE_TRIGGER, 0},
                    {SQLITE_DBCONFIG_ENABLE_FTS3_TOKENIZER, 0},
                    {SQLITE_DBCONFIG_ENABLE_LOAD_EXTENSION, 0},
                    {SQLITE_DBCONFIG_WRITABLE_SCHEMA, 0}};
    static const struct {
        int what, value;
    } limits[] = {{SQLITE_LIMIT_LENGTH, LONGEST},
                  {SQLITE_LIMIT_SQL_LENGTH, 100000},
                  {SQLITE_LIMIT_COLUMN, 100},
                  {SQLITE_LIMIT_EXPR_DEPTH, 30},
                  {SQLITE_LIMIT_COMPOUND_SELECT, 3},
                  {SQLITE_LIMIT_VDBE_OP, 25000},
                  {SQLITE_LIMIT_FUNCTION_ARG, 8},
                  {SQLITE_LIMIT_ATTACHED, 0},
                  {SQLITE_LIMIT_LIKE_PATTERN_LENGTH, 50},
                  {SQLITE_LIMIT_VARIABLE_NUMBER, 10},
                  {SQLITE_LIMIT_TRIGGER_DEPTH, 1}};
    for (size_t i = 0; i < sizeof settings / sizeof *settings; i++)
        sqlite3_db_config(database, settings[i].what, settings[i].value, (int *)NULL);
    for (size_t i = 0; i < sizeof limits / sizeof *limits; i++)
        sqlite3_limit(database, limits[i].what, limits[i].value);
    sqlite3_exec(database, "PRAGMA cell_size_check = ON; PRAGMA mmap_size = 0", NULL, NULL, NULL);
}

/* The functions of queries.h. */
static bool is_ours(const char *function)
{
    static const char *const ours[] = {"count", "sum", "min", "max", "coalesce", "like"};
    for (size_t i = 0; i < sizeof ours / sizeof *ours; i++) {
        if (sqlite3_stricmp(function, ours[i]) == 0)
            return true;
    }
    return false;
}

static int authorize(void *nothing, int action, const char *first, const char *second,
                     const char *database, const char *from)
{
    (void)nothing, (void)database, (void)from;
    bool good = action == SQLITE_SELECT || action == SQLITE_READ ||
                (action == SQLITE_FUNCTION && second && is_ours(second)) ||
                (action == SQLITE_PRAGMA && first && strcmp(first, "quick_check") == 0);
    return good ? SQLITE_OK : SQLITE_DENY;
}

static int spend(void *context)
{
    int64_t *steps = context;
    return --*steps < 0;
}

int64_t guard_file_size(sqlite3 *database)
{
    sqlite3_file *file = NULL;
    sqlite3_int64 size = 0;
    sqlite3_file_control(database, "main", SQLITE_FCNTL_FILE_POINTER, &file);
    if (!file || !file->pMethods || file->pMethods->xFileSize(file, &size) != SQLITE_OK)
        return 0;
    return size;
}

static void no_function(sqlite3_context *context, int count, sqlite3_value **values)
{
    (void)count, (void)values;
    sqlite3_result_null(context);
}

/* The budget lives as long as the connection: it is the data of an SQL function that the authorizer
 * refuses, and SQLite frees that data when it closes the connection. */
bool guard_reader(sqlite3 *database)
{
    int64_t *steps = sqlite3_malloc(sizeof *steps);
    if (!steps || sqlite3_create_function_v2(database, "heapdiff_budget", 0, SQLITE_UTF8, steps,
                                             no_function, NULL, NULL, sqlite3_free) != SQLITE_OK)
        return false;
    *steps = BASE_STEPS + guard_file_size(database) / BYTES_A_STEP;
    sqlite3_set_authorizer(database, authorize, NULL);
    sqlite3_progress_handler(database, STEP, spend, steps);
    return true;
}

bool guard_has_plain_tables(sqlite3 *database)
{
    static const char sql[] = "SELECT count(*) FROM sqlite_schema WHERE type = 'table' AND"
                              " coalesce(rootpage, 0) = 0";
    sqlite3_stmt *row = NULL;
    bool good = sqlite3_prepare_v2(database, sql, -1, &row, NULL) == SQLITE_OK &&
                sqlite3_step(row) == SQLITE_ROW && sqlite3_column_int64(row, 0) == 0;
    sqlite3_finalize(row);
    return good;
}
