/* test_operations.c -- Growth for one operation, whoever counted them; nonsense is not used.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include "commands/server.h"
#include "test.h"

#include <cjson/cJSON.h>
#include <stdio.h>
#include <string.h>

/* COUNTER at its value; -1: not counted. */
static void set(const char *path, const char *counter, long long value)
{
    char sql[256];
    snprintf(sql, sizeof sql, "DELETE FROM counter WHERE name = '%s'", counter);
    fixture_sql(path, sql);
    snprintf(sql, sizeof sql, "INSERT INTO counter VALUES ('%s', %lld, 'operations')", counter,
             value);
    if (value >= 0)
        fixture_sql(path, sql);
}

static const char *a, *b;

/* 30 MiB of growth. */
static void make(long long program_a, long long program_b, long long asked_a, long long asked_b)
{
    a = server("a.db", 1, 10);
    b = server("b.db", 2, 40);
    set(a, "operations", program_a);
    set(b, "operations", program_b);
    set(a, "operations_asked", asked_a);
    set(b, "operations_asked", asked_b);
}

/* Runs compare; its JSON must have these. SOURCE NULL: null. */
static void expect_operations(const char *options, int count, const char *source)
{
    const struct fixture_result *result =
        fixture_run("heapdiff compare %s --format json %s %s", options, a, b);
    cJSON *root = cJSON_Parse(result->out);
    const cJSON *found = cJSON_GetObjectItem(root, "operations_source");
    assert_int_equal(cJSON_GetObjectItem(root, "operations")->valueint, count);
    if (source)
        assert_string_equal(found->valuestring, source);
    else
        assert_true(cJSON_IsNull(found));
    cJSON_Delete(root);
}

static void the_programs_own_count_is_used(void **state)
{
    make(1000, 4000, -1, -1);
    expect_operations("", 3000, "program");
    const struct fixture_result *result = fixture_run("heapdiff compare %s %s", a, b);
    expect_words(result->out, "10485.8 bytes per operation");
    expect_words(result->out,
                 "3,000 operations in between, counted by the program (heapdiff_ops).\n");
    assert_string_equal(result->err, "");
}

static void whoever_took_the_snapshots_knows_better(void **state)
{
    make(1000, 4000, 0, 6000);
    expect_operations("", 6000, "snapshots");
    const struct fixture_result *result = fixture_run("heapdiff compare %s %s", a, b);
    expect_words(result->out, "6,000 operations in between, read from the snapshots.\n");
}

static void who_compares_knows_best(void **state)
{
    make(1000, 4000, 0, 6000);
    expect_operations("--ops 10", 10, "option");
    assert_null(strstr(fixture_run("heapdiff compare --ops 10 %s %s", a, b)->out, "in between,"));
}

static void a_program_that_begins_to_count_later_begins_at_zero(void **state)
{
    make(-1, 3000, -1, -1);
    expect_operations("", 3000, "program");
}

static void one_count_alone_says_nothing(void **state)
{
    make(1000, -1, -1, 6000);
    expect_operations("", 0, NULL);
    assert_string_equal(fixture_run("heapdiff compare %s %s", a, b)->err, "");
    make(1000, 4000, 0, -1); /* a load that did not tell */
    expect_operations("", 3000, "program");
}

static void a_count_that_goes_down_is_not_used_and_said(void **state)
{
    make(-1, -1, 5000, 12);
    expect_operations("", 0, NULL);
    const struct fixture_result *result = fixture_run("heapdiff compare %s %s", a, b);
    assert_int_equal(result->status, 0);
    expect_words(result->err, "go down from 5000 to 12 (was it restarted?)");
    assert_null(strstr(result->out, "operations"));
    make(7, 7, -1, -1);
    expect_operations("", 0, NULL);
    expect_words(fixture_run("heapdiff compare %s %s", a, b)->err, "no work was done in between");
}

static void each_process_counts_for_itself(void **state)
{
    make(1000, 4000, -1, -1);
    fixture_sql(b, "UPDATE snapshot SET started_ns = 5000000000");
    expect_operations("", 0, NULL);
    set(a, "operations_asked", 100);
    set(b, "operations_asked", 300);
    expect_operations("", 200, "snapshots");
}

static void a_page_has_them_too(void **state)
{
    make(1000, 4000, -1, -1);
    const struct fixture_result *result = fixture_run(
        "heapdiff report %s %s -o %s >/dev/null && grep -o '\"operations\":[0-9]*,' %s && grep -o "
        "'\"operations_from\":\"[^\"]*\"' %s",
        a, b, fixture_path("p.html"), fixture_path("p.html"), fixture_path("p.html"));
    assert_string_equal(result->out, "\"operations\":3000,\n\"operations_from\":\"counted by "
                                     "the program (heapdiff_ops)\"\n");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_programs_own_count_is_used),
        cmocka_unit_test(whoever_took_the_snapshots_knows_better),
        cmocka_unit_test(who_compares_knows_best),
        cmocka_unit_test(a_program_that_begins_to_count_later_begins_at_zero),
        cmocka_unit_test(one_count_alone_says_nothing),
        cmocka_unit_test(a_count_that_goes_down_is_not_used_and_said),
        cmocka_unit_test(each_process_counts_for_itself),
        cmocka_unit_test(a_page_has_them_too)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
