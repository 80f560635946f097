/* server.c -- A made-up server's snapshots, and what the command said about them.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include "commands/server.h"

#include "test.h"

#include <stdio.h>
#include <string.h>

const char *server(const char *name, int number, int mib)
{
    char sql[4096];
    snprintf(
        sql, sizeof sql,
        "INSERT INTO location VALUES (1, 1, NULL, NULL, 'JS:*handleUpload /srv/server.js:42:5'),"
        " (2, 2, NULL, NULL, 'Builtin:CEntry'), (3, 3, NULL, NULL, 'JS:~route /srv/lib/a "
        "b.js:7:1'),"
        " (4, 4, NULL, NULL, 'evil' || char(27) || '[31m' || x'ff' || char(10) || 'name');"
        "INSERT INTO node VALUES (4, NULL, 4), (3, 4, 3), (2, 3, 2), (1, 2, 1);"
        "INSERT INTO stack VALUES (1, 1, 'buffer', %d, %d << 20, 0, %d, %d << 20, 1, 0),"
        " (2, 4, 'malloc', 1, %d, 0, 1, %d, 1, 0);"
        "INSERT INTO rss VALUES ('allocator', %d << 20)",
        mib, mib, mib, mib, mib * 9000, mib * 9000, mib);
    return fixture_snapshot(name, number, (mib + 40) * MIB, sql);
}

void expect_words(const char *text, const char *words)
{
    if (!strstr(text, words))
        fail_msg("'%s' is not in: %s", words, text);
}

void expect_error(const struct fixture_result *result, int status, const char *words)
{
    assert_string_equal(result->out, "");
    if (result->status != status)
        fail_msg("exit code %d instead of %d: %s", result->status, status, result->err);
    assert_int_equal(strncmp(result->err, "heapdiff: ", 10), 0);
    assert_ptr_equal(strchr(result->err, '\n'), result->err + strlen(result->err) - 1);
    expect_words(result->err, words);
}
