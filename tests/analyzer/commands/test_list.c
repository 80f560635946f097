/* test_list.c -- `heapdiff list` on a folder: columns stay in line whatever the labels are.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include "base/utf8.h"
#include "commands/server.h"
#include "fixture.h"
#include "test.h"

#include <stdio.h>
#include <string.h>

/* The column at which WORDS begin in the line of OUT that holds LABEL. */
static size_t column_of(const char *out, const char *label, const char *words)
{
    const char *at = strstr(out, label), *end;
    assert_non_null(at);
    while (at > out && at[-1] != '\n')
        at--;
    end = strstr(at, words);
    assert_non_null(end);
    char start[512];
    snprintf(start, sizeof start, "%.*s", (int)(end - at), at);
    return utf8_columns(start);
}

static void labels_of_any_script_keep_the_columns_in_line(void **state)
{
    (void)state;
    static const char *const labels[] = {"plain", "\xe7\xbc\x93\xe5\xad\x98", "nai\xcc\x88ve"};
    char sql[128], folder[256];
    for (int i = 0; i < 3; i++) {
        char name[16];
        snprintf(name, sizeof name, "%d.db", i);
        snprintf(sql, sizeof sql, "UPDATE snapshot SET label = '%s'", labels[i]);
        fixture_sql(server(name, i + 1, 10), sql);
    }
    snprintf(folder, sizeof folder, "%s", fixture_path(""));
    const struct fixture_result *result = fixture_run("heapdiff list %s", folder);
    assert_int_equal(result->status, 0);
    size_t expected = column_of(result->out, labels[0], "0.db");
    assert_int_equal(column_of(result->out, labels[1], "1.db"), expected);
    assert_int_equal(column_of(result->out, labels[2], "2.db"), expected);
}

TEST_MAIN(cmocka_unit_test(labels_of_any_script_keep_the_columns_in_line))
