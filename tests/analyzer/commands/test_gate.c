/* test_gate.c -- The gate for CI: what exceeds, what passes, and what may not pass.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include "commands/server.h"
#include "test.h"

#include <sqlite3.h>
#include <string.h>

#define OF_SITE       "heapdiff compare --fail-on-growth '1MiB,site=%s' %s %s"
#define WITH_BASELINE "heapdiff compare --fail-on-growth 64k --baseline %s %s %s"

static void a_threshold_decides_the_exit_code(void **state)
{
    const char *a = server("a.db", 1, 10), *b = server("b.db", 2, 70);
    const struct fixture_result *result =
        fixture_run("heapdiff compare --fail-on-growth 1MiB %s %s", a, b);
    assert_int_equal(result->status, 1);
    expect_words(result->err, "heapdiff: live memory grew by 60.5 MiB, more than the 1.0 MiB");
    expect_words(result->out, "handleUpload");
    assert_int_equal(fixture_run("heapdiff compare --fail-on-growth 100M %s %s", a, b)->status, 0);
}

static void a_threshold_can_be_of_some_sites(void **state)
{
    const char *a = server("a.db", 1, 10), *b = server("b.db", 2, 70);
    assert_int_equal(fixture_run(OF_SITE, "^handle.*server.js", a, b)->status, 1);
    assert_int_equal(fixture_run(OF_SITE, "^evil", a, b)->status, 0);
    const struct fixture_result *result = fixture_run(OF_SITE, "typo", a, b);
    assert_int_equal(result->status, 3);
    expect_words(result->err, "no site has a name matching");
    expect_error(fixture_run("heapdiff compare --fail-on-growth 1MiB,sit=x %s %s", a, b), 2,
                 "cannot read '1MiB,sit=x'");
    expect_error(fixture_run(OF_SITE, "[", a, b), 2, "is not a regular expression");
    expect_error(fixture_run("heapdiff compare --suppress x %s %s", a, b), 2, "needs a threshold");
}

/* What a gate could pass by mistake: nothing ran, one file twice, too few samples. */
static void a_vacuous_pass_is_none(void **state)
{
    const char *a = server("a.db", 1, 10), *same = server("same.db", 2, 10);
    const struct fixture_result *result =
        fixture_run("heapdiff compare --fail-on-growth 0 %s %s", a, a);
    assert_int_equal(result->status, 3);
    expect_words(result->err, "the same snapshot");
    result = fixture_run("heapdiff compare --fail-on-growth 1MiB %s %s", a, same);
    assert_int_equal(result->status, 3);
    expect_words(result->err, "did the load run?");
    const char *sampled = server("sampled.db", 2, 11);
    fixture_sql(sampled, "UPDATE snapshot SET sample_bytes = 524288;"
                         " UPDATE stack SET live_variance = 1e14");
    result = fixture_run("heapdiff compare --fail-on-growth 1MiB %s %s", a, sampled);
    assert_int_equal(result->status, 3);
    expect_words(result->err, "too few samples");
    assert_int_equal(
        fixture_run("heapdiff compare --fail-on-growth 100MiB %s %s", a, sampled)->status, 0);
}

static void accepted_growth_does_not_count(void **state)
{
    const char *a = server("a.db", 1, 10), *b = server("b.db", 2, 70), *c = server("c.db", 3, 99);
    const char *baseline = fixture_path("baseline");
    assert_int_equal(
        fixture_run("heapdiff compare --write-baseline %s %s %s", baseline, a, b)->status, 0);
    assert_int_equal(fixture_run(WITH_BASELINE, baseline, a, b)->status, 0);
    assert_int_equal(fixture_run(WITH_BASELINE, baseline, a, c)->status, 1);
    const char *patterns = fixture_file("patterns", "# known\nsite handle*\nframe evil*\n");
    assert_int_equal(
        fixture_run("heapdiff compare --fail-on-growth 0 --suppress %s %s %s", patterns, a, b)
            ->status,
        0);
    const char *bad = fixture_file("bad", "# known\nsight handle*\n");
    expect_error(fixture_run("heapdiff compare --fail-on-growth 0 --suppress %s %s %s", bad, a, b),
                 2, "bad:2: a line is");
    expect_error(fixture_run(WITH_BASELINE, bad, a, b), 2, "bad:2: a line is bytes");
    expect_error(fixture_run(WITH_BASELINE, "/nowhere", a, b), 2, "cannot read /nowhere");
}

static void ci_systems_can_read_the_result(void **state)
{
    const char *a = server("a.db", 1, 10), *b = server("b.db", 2, 70);
    const struct fixture_result *result =
        fixture_run("heapdiff compare --fail-on-growth 1MiB --format junit %s %s", a, b);
    assert_int_equal(result->status, 1);
    expect_words(result->out, "tests=\"3\" failures=\"3\" errors=\"0\"");
    expect_words(result->out, "name=\"handleUpload (server.js:42) [buffer]\"");
    assert_null(strchr(result->out, '\033'));
    result = fixture_run("heapdiff compare --fail-on-growth 1MiB --format junit %s %s", a, a);
    expect_words(result->out, "<error type=\"not-measurable\"");
    result = fixture_run("heapdiff compare --format markdown %s %s", a, b);
    expect_words(result->out, "| 1 | handleUpload (server.js:42) | buffer | +60.0 MiB | +60 |");
    expect_words(result->out, "evil?\\[31m");
}

/* Two sites whose names differ in the folder only. */
static const char *server_of_twins(const char *name, int number, int mib)
{
    const char *path = server(name, number, mib);
    char *sql = sqlite3_mprintf(
        "INSERT INTO location VALUES (8, 8, NULL, NULL, 'JS:~put /srv/a/x.js:1:1'),"
        " (9, 9, NULL, NULL, 'JS:~put /srv/b/x.js:1:1');"
        "INSERT INTO node VALUES (8, NULL, 8), (9, NULL, 9);"
        "INSERT INTO stack VALUES (8, 8, 'malloc', %d, %d << 20, 0, %d, %d << 20, 1, 0),"
        " (9, 9, 'malloc', %d, %d << 20, 0, %d, %d << 20, 1, 0)",
        mib, mib, mib, mib, mib, mib, mib, mib);
    fixture_sql(path, sql);
    sqlite3_free(sql);
    return path;
}

static void every_result_fits_the_schema(void **state)
{
    if (fixture_run("xmllint --version")->status != 0) {
        print_message("xmllint is not installed (libxml2-utils)\n");
        skip();
    }
    const char *a = server_of_twins("a.db", 1, 10), *b = server_of_twins("b.db", 2, 70);
    fixture_sql(b, "INSERT INTO runtime VALUES ('node', 'activeResources_<&Odd', 300)");
    static const char *const limits[] = {"1MiB", "1GiB", "1MiB,site=nobody", "1MiB,site=put"};
    for (size_t i = 0; i < sizeof limits / sizeof *limits; i++) {
        const struct fixture_result *result =
            fixture_run("heapdiff compare --fail-on-growth '%s' --format junit %s %s 2>&1"
                        " | grep -v '^heapdiff: ' | xmllint --noout --schema " TEST_JUNIT_XSD " -",
                        limits[i], a, b);
        if (result->status != 0)
            fail_msg("%s: %s", limits[i], result->err);
    }
    const struct fixture_result *result =
        fixture_run("heapdiff compare --fail-on-growth 1MiB --format junit %s %s", a, b);
    expect_words(result->out, "name=\"put (a/x.js:1)\"");
    expect_words(result->out, "name=\"put (b/x.js:1)\"");
}

TEST_MAIN(cmocka_unit_test(a_threshold_decides_the_exit_code),
          cmocka_unit_test(a_threshold_can_be_of_some_sites),
          cmocka_unit_test(a_vacuous_pass_is_none),
          cmocka_unit_test(accepted_growth_does_not_count),
          cmocka_unit_test(ci_systems_can_read_the_result),
          cmocka_unit_test(every_result_fits_the_schema))
