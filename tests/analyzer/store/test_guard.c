/* test_guard.c -- Snapshots that bring programs or endless work of their own are refused.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include "store/guard.h"

#include "fixture.h"
#include "store/store.h"
#include "test.h"

#include <string.h>

static void assert_opens(const char *sql)
{
    struct error error = {0};
    struct store *store = store_open(fixture_snapshot("good.db", 1, 4096, sql), &error);
    if (!store)
        fail_msg("%s: %s", sql, error.message);
    store_close(store);
}

static void assert_refused(const char *sql, const char *word)
{
    struct error error = {0};
    struct store *store = store_open(fixture_snapshot("bad.db", 1, 4096, sql), &error);
    if (store)
        fail_msg("%s: was opened", sql);
    if (!strstr(error.message, word))
        fail_msg("%s: %s", sql, error.message);
    assert_int_equal(error.code, EXIT_UNUSABLE);
}

static void tables_of_other_kinds_are_refused(void **state)
{
    (void)state;
    assert_refused("DROP TABLE counter; CREATE VIRTUAL TABLE counter USING"
                   " fts5(name, value, meaning)",
                   "tables of another kind");
    assert_refused("CREATE VIRTUAL TABLE nobody_reads_it USING rtree(a, b, c)",
                   "tables of another kind");
    assert_refused("DROP TABLE epoch; CREATE VIEW epoch AS SELECT 1 AS number, 2 AS uptime_ns",
                   "damaged");
}

static void columns_call_no_functions_of_their_choice(void **state)
{
    (void)state;
    assert_refused("DROP TABLE rss; CREATE TABLE rss (owner, x, bytes AS"
                   " (length(hex(zeroblob(x))))); INSERT INTO rss VALUES ('mmap', 100000000)",
                   "damaged");
    assert_opens("DROP TABLE rss; CREATE TABLE rss (owner, x, bytes AS (max(x, 1)));"
                 " INSERT INTO rss VALUES ('mmap', 3)");
}

static void texts_have_a_limit(void **state)
{
    (void)state;
    assert_opens("INSERT INTO counter VALUES ('a', 1, hex(zeroblob(1000000)))");
    assert_refused("INSERT INTO counter VALUES ('a', 1, hex(zeroblob(9000000)))", "damaged");
}

/* A million pairs for a kilobyte of file. */
static void work_has_a_limit_too(void **state)
{
    (void)state;
    assert_refused(
        "WITH RECURSIVE n (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 12000)"
        " INSERT INTO mapping SELECT i, i + 1, 'r-xp', 0, '', 'anonymous', 0, 0, 0, 0"
        " FROM n;"
        "WITH RECURSIVE n (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 12000)"
        " INSERT INTO region SELECT -i, 1 << 50, 'mmap', 1, 0 FROM n;"
        "INSERT INTO stack VALUES (1, NULL, 'mmap', 1, 1, 0, 1, 1, 0, 0)",
        "interrupted");
}

TEST_MAIN(cmocka_unit_test(tables_of_other_kinds_are_refused),
          cmocka_unit_test(columns_call_no_functions_of_their_choice),
          cmocka_unit_test(texts_have_a_limit), cmocka_unit_test(work_has_a_limit_too))
