/* test_wrappers.c -- Whose site it is when a function only allocates for its callers.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include "compare/comparison.h"
#include "fixture.h"
#include "test.h"

#include <stdio.h>
#include <string.h>

/* Stacks, leaf first: 1 take < take_clear < open_channel < main; 2 take < take_clear < read_packet
 * < main; 3 take < take_clear < load_table < main. */
#define FRAMES                                                                                     \
    "INSERT INTO location VALUES (1, 1, NULL, NULL, 'JS:~main /a.js:1:1'),"                        \
    " (2, 2, NULL, NULL, 'JS:~open_channel /a.js:2:1'),"                                           \
    " (3, 3, NULL, NULL, 'JS:~read_packet /a.js:3:1'),"                                            \
    " (4, 4, NULL, NULL, 'JS:~load_table /a.js:4:1'),"                                             \
    " (5, 5, NULL, NULL, 'JS:~take_clear /a.js:5:1'), (6, 6, NULL, NULL, 'JS:~take /a.js:6:1');"   \
    "INSERT INTO node VALUES (1, NULL, 1), (2, 1, 2), (3, 1, 3), (4, 1, 4), (12, 2, 5),"           \
    " (13, 3, 5), (14, 4, 5), (22, 12, 6), (23, 13, 6), (24, 14, 6);"

/* Live and ever allocated KiB, in blocks of one KiB, of each of the three callers. */
struct numbers {
    int channels, channels_ever, packets, packets_ever;
};

static const char *make(const char *name, int number, struct numbers n)
{
    char sql[4096];
    snprintf(sql, sizeof sql,
             FRAMES "INSERT INTO stack VALUES"
                    " (1, 22, 'malloc', %1$d, %1$d << 10, 0, %2$d, %2$d << 10, 1, 0),"
                    " (2, 23, 'malloc', %3$d, %3$d << 10, 0, %4$d, %4$d << 10, 1, 0),"
                    " (3, 24, 'malloc', 50000, 50000 << 10, 0, 50000, 50000 << 10, 1, 0);"
                    "INSERT INTO rss VALUES ('allocator', (%1$d + %3$d + 50000) << 10);",
             n.channels, n.channels_ever, n.packets, n.packets_ever);
    return fixture_snapshot(name, number, (n.channels + n.packets + 50000LL) << 10, sql);
}

static const char *everywhere = ""; /* a change of both snapshots */

static struct comparison *compare(struct numbers before, struct numbers after, const char *change)
{
    struct error error;
    static struct rules *rules;
    const char *paths[] = {make("a.db", 1, before), make("b.db", 2, after)};
    fixture_sql(paths[0], everywhere);
    fixture_sql(paths[1], everywhere);
    fixture_sql(paths[1], change);
    rules = rules ? rules : rules_new(NULL, &error);
    struct comparison *comparison = comparison_open(paths, 2, rules, &error);
    if (!comparison)
        fail_msg("%s", error.message);
    return comparison;
}

static const struct numbers before = {1000, 1000, 100, 5000};

static void a_caller_that_keeps_is_the_site_when_others_free(void **state)
{
    const struct numbers after = {21000, 21000, 110, 90000};
    struct comparison *comparison = compare(before, after, "");
    const struct site *site = comparison->ranked[0];
    assert_string_equal(site->frame.function, "open_channel");
    assert_int_equal(site->growth_bytes, 20000 << 10);
    assert_int_equal(site->growth_blocks, 20000);
    assert_int_equal(site->live_blocks[0], 1000);
    assert_int_equal(comparison->site_count, 3);
    comparison_close(comparison);
}

static void a_function_that_leaks_for_all_callers_stays_the_site(void **state)
{
    const struct numbers after = {11000, 11000, 10100, 15000};
    struct comparison *comparison = compare(before, after, "");
    assert_string_equal(comparison->ranked[0]->frame.function, "take");
    assert_int_equal(comparison->ranked[0]->growth_bytes, 20000 << 10);
    comparison_close(comparison);
}

static void a_caller_that_hardly_ever_calls_proves_nothing(void **state)
{
    const struct numbers after = {21000, 21000, 100, 5010};
    struct comparison *comparison = compare(before, after, "");
    assert_string_equal(comparison->ranked[0]->frame.function, "take");
    comparison_close(comparison);
}

/* One of a hundred blocks that open_channel takes stays; the other two free all. */
static void a_caller_that_seldom_keeps_is_the_site_when_several_free(void **state)
{
    const struct numbers after = {3000, 201000, 110, 90000};
    const char *load_table_frees = "UPDATE stack SET allocations = allocations + 50000,"
                                   " allocated_bytes = allocated_bytes + (50000 << 10)"
                                   " WHERE id = 3";
    struct comparison *comparison = compare(before, after, load_table_frees);
    assert_string_equal(comparison->ranked[0]->frame.function, "open_channel");
    assert_int_equal(comparison->ranked[0]->growth_bytes, 2000 << 10);
    comparison_close(comparison);
}

/* It may leak on a path that only one caller takes it to. */
static void a_function_that_seldom_leaks_stays_the_site_when_one_frees(void **state)
{
    const struct numbers after = {3000, 201000, 110, 90000};
    struct comparison *comparison = compare(before, after, "");
    assert_string_equal(comparison->ranked[0]->frame.function, "take");
    comparison_close(comparison);
}

/* open_channel and read_packet come through take_clear, load_table does not, and all that it gets
 * stays. */
static void a_wrapper_is_seen_further_out_when_its_callers_fare_alike(void **state)
{
    const struct numbers after = {21000, 21000, 110, 90000};
    const char *not_through_take_clear = "INSERT INTO node VALUES (34, 4, 6);"
                                         "UPDATE stack SET node_id = 34 WHERE id = 3";
    const char *more = "UPDATE stack SET live_blocks = 51000, live_bytes = 51000 << 10,"
                       " allocations = 51000, allocated_bytes = 51000 << 10 WHERE id = 3;"
                       "UPDATE snapshot SET live_blocks = live_blocks + 1000,"
                       " live_bytes = live_bytes + (1000 << 10)";
    everywhere = not_through_take_clear;
    struct comparison *comparison = compare(before, after, more);
    everywhere = "";
    assert_string_equal(comparison->ranked[0]->frame.function, "open_channel");
    comparison_close(comparison);
}

static void counters_of_another_process_prove_nothing(void **state)
{
    const struct numbers after = {21000, 21000, 110, 90000};
    struct comparison *comparison = compare(before, after, "UPDATE snapshot SET pid = 78");
    assert_string_equal(comparison->ranked[0]->frame.function, "take");
    comparison_close(comparison);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_caller_that_keeps_is_the_site_when_others_free),
        cmocka_unit_test(a_function_that_leaks_for_all_callers_stays_the_site),
        cmocka_unit_test(a_caller_that_hardly_ever_calls_proves_nothing),
        cmocka_unit_test(a_caller_that_seldom_keeps_is_the_site_when_several_free),
        cmocka_unit_test(a_function_that_seldom_leaks_stays_the_site_when_one_frees),
        cmocka_unit_test(a_wrapper_is_seen_further_out_when_its_callers_fare_alike),
        cmocka_unit_test(counters_of_another_process_prove_nothing),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
