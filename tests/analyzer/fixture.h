/* fixture.h -- Snapshots made for a test, and a folder that goes with it.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#ifndef TESTS_ANALYZER_FIXTURE_H
#define TESTS_ANALYZER_FIXTURE_H

#include <stdbool.h>

/* A path in this test program's own temporary folder, which goes when it ends. Each call's text
 * stays until then. */
const char *fixture_path(const char *name);

/* Writes BYTES into the file NAME of that folder; returns its path. */
const char *fixture_file(const char *name, const char *bytes);

/* A snapshot: the schema, a row in table snapshot (program "server", pid 77, number and epoch
 * NUMBER, taken NUMBER minutes after its start, RSS RSS_BYTES), then SQL. Returns its path. */
const char *fixture_snapshot(const char *name, int number, long long rss_bytes, const char *sql);

/* Runs SQL on any database, which is made when it is not there. */
void fixture_sql(const char *path, const char *sql);

/* What a command did. */
struct fixture_result {
    int status;
    char out[65536], err[8192];
};

/* Runs a shell command; "heapdiff" in it is the one of this build. */
const struct fixture_result *fixture_run(const char *format, ...)
    __attribute__((format(printf, 1, 2)));

#endif
