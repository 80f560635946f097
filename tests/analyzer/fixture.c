/* fixture.c -- Snapshots made for a test, and a folder that goes with it.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include "fixture.h"

#include "format/schema.h"
#include "test.h"

#include <sqlite3.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#define MINUTE_NS 60000000000LL
#define START_NS  1700000000000000000LL

static char folder[64];
static char *paths[256];
static size_t path_count;

static void remove_folder(void)
{
    for (size_t i = 0; i < path_count; i++) {
        unlink(paths[i]);
        free(paths[i]);
    }
    rmdir(folder);
}

const char *fixture_path(const char *name)
{
    char path[256];
    if (!*folder) {
        strcpy(folder, "/tmp/heapdiff-test.XXXXXX");
        assert_non_null(mkdtemp(folder));
        atexit(remove_folder);
    }
    snprintf(path, sizeof path, "%s/%s", folder, name);
    for (size_t i = 0; i < path_count; i++) {
        if (strcmp(paths[i], path) == 0)
            return paths[i];
    }
    assert_true(path_count < sizeof paths / sizeof *paths);
    paths[path_count] = strdup(path);
    return paths[path_count++];
}

const char *fixture_file(const char *name, const char *bytes)
{
    const char *path = fixture_path(name);
    FILE *file = fopen(path, "w");
    assert_non_null(file);
    assert_true(fputs(bytes, file) >= 0);
    assert_int_equal(fclose(file), 0);
    return path;
}

void fixture_sql(const char *path, const char *sql)
{
    sqlite3 *database;
    char *message = NULL;
    assert_int_equal(sqlite3_open(path, &database), SQLITE_OK);
    sqlite3_exec(database, "PRAGMA synchronous = OFF", NULL, NULL,
                 NULL); /* no test cuts the power */
    if (sqlite3_exec(database, sql, NULL, NULL, &message) != SQLITE_OK)
        fail_msg("%s: %s", path, message);
    assert_int_equal(sqlite3_close(database), SQLITE_OK);
}

const char *fixture_snapshot(const char *name, int number, long long rss_bytes, const char *sql)
{
    const char *path = fixture_path(name);
    char *row = sqlite3_mprintf(
        "INSERT INTO snapshot VALUES (%d, 'label', 'request', %lld, %lld, 1000, %d, 77, 1, 0,"
        " 'server', '/srv/server', 'server --port 80', '/srv', 'host', 4096, 4, 0,"
        " (SELECT coalesce(sum(live_bytes), 0) FROM stack),"
        " (SELECT coalesce(sum(live_blocks), 0) FROM stack), %lld, %lld, '0.1.0', 1000000000)",
        number, START_NS + number * MINUTE_NS, number * MINUTE_NS, number, rss_bytes, rss_bytes);
    unlink(path);
    fixture_sql(path, format_schema_sql);
    fixture_sql(path, sql);
    fixture_sql(path, row);
    sqlite3_free(row);
    return path;
}

static void read_into(const char *path, char *bytes, size_t size)
{
    FILE *file = fopen(path, "r");
    assert_non_null(file);
    size_t length = fread(bytes, 1, size - 1, file);
    bytes[length] = '\0';
    fclose(file);
}

const struct fixture_result *fixture_run(const char *format, ...)
{
    static struct fixture_result result;
    const char *out = fixture_path("out"), *err = fixture_path("err");
    char command[4096], whole[8192];
    va_list arguments;
    va_start(arguments, format);
    vsnprintf(command, sizeof command, format, arguments);
    va_end(arguments);
    snprintf(whole, sizeof whole, "PATH=%s:$PATH; { %s; } >%s 2>%s </dev/null", TEST_BUILD_FOLDER,
             command, out, err);
    int status = system(whole);
    result.status = WIFEXITED(status) ? WEXITSTATUS(status) : -1;
    read_into(out, result.out, sizeof result.out);
    read_into(err, result.err, sizeof result.err);
    return &result;
}
