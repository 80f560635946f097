/* outside.c -- Programs under the preloaded shim, and questions to the snapshots that they leave.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include "hooks/outside.h"

#include <sqlite3.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "test.h"

static const struct fixture_result *checked(const struct fixture_result *result)
{
    if (result->status != 0)
        fail_msg("status %d: %s%s", result->status, result->out, result->err);
    return result;
}

const struct fixture_result *outside_run(const char *command, const char *other_libraries,
                                         const char *out, const char *variables)
{
    return checked(fixture_run("HEAPDIFF_OUT='%s' %s LD_PRELOAD='%s %s' %s", out, variables,
                               TEST_SHIM, other_libraries, command));
}

const struct fixture_result *outside_run_alone(const char *command, const char *other_libraries)
{
    return checked(fixture_run("LD_PRELOAD='%s' %s", other_libraries, command));
}

static void ask(const char *database, const char *sql, char *answer, size_t size)
{
    sqlite3 *handle;
    sqlite3_stmt *query;
    assert_int_equal(sqlite3_open_v2(database, &handle, SQLITE_OPEN_READONLY, NULL), SQLITE_OK);
    if (sqlite3_prepare_v2(handle, sql, -1, &query, NULL) != SQLITE_OK)
        fail_msg("%s: %s: %s", database, sql, sqlite3_errmsg(handle));
    if (sqlite3_step(query) != SQLITE_ROW || sqlite3_column_type(query, 0) == SQLITE_NULL)
        fail_msg("%s: %s: no answer", database, sql);
    snprintf(answer, size, "%s", (const char *)sqlite3_column_text(query, 0));
    if (sqlite3_step(query) != SQLITE_DONE)
        fail_msg("%s: %s: more than one row", database, sql);
    sqlite3_finalize(query);
    sqlite3_close(handle);
}

static char answer[65536];

const char *outside_text(const char *database, const char *format, ...)
{
    char sql[4096];
    va_list arguments;
    va_start(arguments, format);
    vsnprintf(sql, sizeof sql, format, arguments);
    va_end(arguments);
    ask(database, sql, answer, sizeof answer);
    return answer;
}

long long outside_number(const char *database, const char *format, ...)
{
    char sql[4096], *end;
    va_list arguments;
    va_start(arguments, format);
    vsnprintf(sql, sizeof sql, format, arguments);
    va_end(arguments);
    ask(database, sql, answer, sizeof answer);
    long long number = strtoll(answer, &end, 10);
    if (end == answer)
        fail_msg("%s: %s: '%s' is no number", database, sql, answer);
    return number;
}
