/* test_comparison.c -- Snapshots side by side: sites fold, parts add up, the leak ranks first.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include "compare/comparison.h"
#include "compare/folding.h"
#include "fixture.h"
#include "test.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define MIB (1LL << 20)

/* Frames: 1 node's allocator < 2 handleUpload (tier +) < 4 onRequest; 3 handleUpload (tier *)
 * likewise; 6 unnamed code of the server; 7 V8's heap. */
#define FRAMES                                                                                     \
    "INSERT INTO module VALUES (1, '/usr/bin/node', NULL, 0, 9, 0, 0),"                            \
    " (2, '/srv/server', NULL, 0, 9, 0, 0), (3, '/opt/libheapdiff.so', NULL, 0, 9, 0, 0);"         \
    "INSERT INTO location VALUES (1, 100, 1, 100, NULL),"                                          \
    " (2, 200, NULL, NULL, 'JS:+handleUpload /srv/server.js:42:5'),"                               \
    " (3, 300, NULL, NULL, 'JS:*handleUpload /srv/server.js:42:5'),"                               \
    " (4, 400, NULL, NULL, 'JS:~onRequest /srv/server.js:60:9'),"                                  \
    " (5, 500, 3, 500, NULL), (6, 600, 2, 600, NULL),"                                             \
    " (7, 700, NULL, NULL, 'v8::internal::MemoryAllocator::AllocatePage');"                        \
    "INSERT INTO node VALUES (4, NULL, 4), (2, 4, 2), (3, 4, 3), (12, 2, 1), (13, 3, 1),"          \
    " (5, 12, 5), (6, NULL, 6), (7, NULL, 7);"

/* %1$lld MiB leaked by the first tier, %2$lld by the second; the server's own blocks: %3$lld MiB
 * live of %4$lld MiB ever; V8's heap: %5$lld MiB resident. */
#define NUMBERS                                                                                    \
    "INSERT INTO stack VALUES (1, 5, 'buffer', %1$lld, %1$lld << 20, 0, %1$lld, %1$lld << 20, 1, " \
    "0),"                                                                                          \
    " (2, 13, 'buffer', %2$lld, %2$lld << 20, 0, %2$lld, %2$lld << 20, 1, 0),"                     \
    " (3, 6, 'malloc', %3$lld, %3$lld << 20, 0, %4$lld, %4$lld << 20, 1, 0),"                      \
    " (4, 7, 'mmap', 1, 64 << 20, 0, 1, 64 << 20, 1, 0);"                                          \
    "INSERT INTO region VALUES (1, 2, 'mmap', 4, %5$lld << 20);"                                   \
    "INSERT INTO rss VALUES ('allocator', (%1$lld + %2$lld + %3$lld + 2) << 20),"                  \
    " ('mmap', (%5$lld + 1) << 20), ('thread stack', 1 << 20), ('heapdiff', 3 << 20);"

struct numbers {
    long long first_tier, second_tier, own_live, own_ever, heap;
};

static const char *make(const char *name, int number, const struct numbers *n, const char *more)
{
    char sql[8192];
    int length = snprintf(sql, sizeof sql, FRAMES NUMBERS, n->first_tier, n->second_tier,
                          n->own_live, n->own_ever, n->heap);
    snprintf(sql + length, sizeof sql - (size_t)length, "%s", more);
    long long rss = (n->first_tier + n->second_tier + n->own_live + n->heap + 7) * MIB;
    return fixture_snapshot(name, number, rss, sql);
}

static struct rules *rules;

static struct comparison *compare(const char *const *paths, size_t count)
{
    struct error error;
    if (!rules)
        rules = rules_new(NULL, &error);
    struct comparison *comparison = comparison_open(paths, count, rules, &error);
    if (!comparison)
        fail_msg("%s", error.message);
    return comparison;
}

static struct comparison *compare_two(const struct numbers *a, const struct numbers *b)
{
    const char *paths[] = {make("a.db", 1, a, ""), make("b.db", 2, b, "")};
    return compare(paths, 2);
}

static const struct numbers before = {4, 0, 20, 100, 30};

static void tiers_of_a_function_are_one_site(void **state)
{
    const struct numbers after = {4, 40, 20, 900, 31};
    struct comparison *comparison = compare_two(&before, &after);
    const struct site *site = comparison->ranked[0];
    assert_string_equal(site->frame.function, "handleUpload");
    assert_string_equal(site->frame.file, "/srv/server.js");
    assert_int_equal(site->frame.line, 42);
    assert_int_equal(site->kind, KIND_BUFFER);
    assert_int_equal(site->growth_bytes, 40 * MIB);
    assert_int_equal(site->growth_blocks, 40);
    assert_int_equal(site->live_bytes[0], 4 * MIB);
    assert_int_equal(site->live_bytes[1], 44 * MIB);
    assert_int_equal(comparison->growing_count, 1);
    assert_int_equal(comparison->verdict.kind, VERDICT_LEAK);
    comparison_close(comparison);
}

/* handleUpload keeps a buffer and two mallocs for each request. */
static void kinds_of_one_place_are_one_row(void **state)
{
    static const char *const mallocs[] = {
        "INSERT INTO stack VALUES (5, 5, 'malloc', 8, 8 << 10, 0, 8, 8 << 10, 1, 0)",
        "INSERT INTO stack VALUES (5, 5, 'malloc', 888, 888 << 10, 0, 888, 888 << 10, 1, 0)"};
    const struct numbers after = {44, 0, 20, 100, 30};
    const char *paths[] = {make("a.db", 1, &before, mallocs[0]),
                           make("b.db", 2, &after, mallocs[1])};
    struct comparison *comparison = compare(paths, 2);
    assert_int_equal(comparison->growing_count, 2);
    assert_int_equal(comparison->listed_count, 1);
    const struct site *leader = comparison->ranked[0];
    const struct site *inside = folding_next(comparison, leader, NULL);
    assert_int_equal(leader->kind, KIND_BUFFER);
    assert_ptr_equal(inside, comparison->ranked[1]);
    assert_int_equal(inside->kind, KIND_MALLOC);
    assert_int_equal(inside->growth_bytes, 880 << 10);
    assert_ptr_equal(inside->leader, leader);
    assert_null(folding_next(comparison, leader, inside));
    comparison_close(comparison);
}

static void our_own_frames_are_not_in_a_stack(void **state)
{
    const struct numbers after = {44, 0, 20, 100, 30};
    struct comparison *comparison = compare_two(&before, &after);
    const struct site *site = comparison->ranked[0];
    struct frames_walk walk = frames_leaf(site->stack_frames, site->stack);
    const char *const expected[] = {"node+0x64", "handleUpload", "onRequest"};
    for (size_t i = 0; i < 3; i++)
        assert_string_equal(frames_caller(&walk)->function, expected[i]);
    assert_null(frames_caller(&walk));
    comparison_close(comparison);
}

static void a_leak_ranks_above_larger_churn(void **state)
{
    const struct numbers after = {14, 0, 60, 5000, 30};
    struct comparison *comparison = compare_two(&before, &after);
    assert_int_equal(comparison->growing_count, 2);
    assert_string_equal(comparison->ranked[0]->frame.function, "handleUpload");
    assert_string_equal(comparison->ranked[1]->frame.function, "server+0x258");
    assert_int_equal(comparison->growth_bytes, 50 * MIB);
    comparison_close(comparison);
}

static void growth_within_churn_is_left_out(void **state)
{
    const struct numbers after = {14, 0, 35, 5000, 30};
    struct comparison *comparison = compare_two(&before, &after);
    assert_int_equal(comparison->growing_count, 1);
    assert_int_equal(comparison->growth_bytes, 10 * MIB);
    assert_true(comparison->noise_bytes > 15 * MIB);
    comparison_close(comparison);
}

/* V8 throws code away and puts other code in its place; blocks of the old code live on. */
static void blocks_of_code_that_got_another_name_have_not_grown(void **state)
{
    const char *paths[] = {make("a.db", 1, &before, ""),
                           make("b.db", 2, &before,
                                "UPDATE location SET jit_name = 'JS:*finish /srv/server.js:80:3' "
                                "WHERE id = 2")};
    struct comparison *comparison = compare(paths, 2);
    assert_true(comparison->is_one_process);
    assert_int_equal(comparison->growing_count, 0);
    assert_int_equal(comparison->growth_bytes, 0);
    comparison_close(comparison);
}

static void parts_add_up_to_the_byte(void **state)
{
    srand(7);
    for (int i = 0; i < 20; i++) {
        struct numbers a = {rand() % 99, rand() % 99, rand() % 99, 100, rand() % 99};
        struct numbers b = {rand() % 99, rand() % 99, rand() % 99, 200, rand() % 99};
        struct comparison *comparison = compare_two(&a, &b);
        int64_t rss =
            comparison->stores[1]->facts.rss_bytes - comparison->stores[0]->facts.rss_bytes;
        const int64_t *bytes = comparison->growth.bytes;
        assert_int_equal(parts_total(&comparison->growth), rss);
        assert_int_equal(bytes[PART_BUFFERS],
                         (b.first_tier + b.second_tier - a.first_tier - a.second_tier) * MIB);
        assert_int_equal(bytes[PART_NATIVE_BLOCKS], (b.own_live - a.own_live) * MIB);
        assert_int_equal(bytes[PART_JS_HEAP], (b.heap - a.heap) * MIB);
        assert_int_equal(bytes[PART_RETENTION], 0);
        assert_int_equal(bytes[PART_MAPPINGS], 0);
        comparison_close(comparison);
    }
}

static void memory_without_an_owner_is_shown_as_other(void **state)
{
    const char *paths[] = {make("a.db", 1, &before, ""), make("b.db", 2, &before,
                                                              "UPDATE rss SET bytes = bytes - 1000"
                                                              " WHERE owner = 'thread stack'")};
    struct comparison *comparison = compare(paths, 2);
    assert_int_equal(comparison->growth.bytes[PART_THREAD_STACKS], -1000);
    assert_int_equal(comparison->growth.bytes[PART_OTHER], 1000);
    assert_int_equal(comparison->growth.bytes[PART_HEAPDIFF], 0);
    assert_int_equal(parts_total(&comparison->growth), 0);
    comparison_close(comparison);
}

static void births_tell_survivors_from_newcomers(void **state)
{
    const struct numbers after = {14, 0, 30, 130, 30};
    const char *ages = "INSERT INTO age VALUES (1, 1, 4, 4 << 20), (1, 2, 10, 10 << 20),"
                       " (3, 2, 30, 30 << 20);";
    const char *paths[] = {make("a.db", 1, &before, ""), make("b.db", 2, &after, ages)};
    struct comparison *comparison = compare(paths, 2);
    assert_int_equal(comparison->ranked[0]->old_bytes, 4 * MIB);
    assert_int_equal(comparison->ranked[1]->old_bytes, 0);
    assert_true(comparison->ranked[0]->score > 2 * comparison->ranked[1]->score);
    comparison_close(comparison);
}

static void a_series_is_measured_from_first_to_last(void **state)
{
    const struct numbers middle = {90, 0, 20, 100, 30}, after = {10, 0, 20, 100, 30};
    const char *paths[] = {make("a.db", 1, &before, ""), make("b.db", 2, &middle, ""),
                           make("c.db", 3, &after, "")};
    struct comparison *comparison = compare(paths, 3);
    assert_int_equal(comparison->ranked[0]->growth_bytes, 6 * MIB);
    assert_int_equal(comparison->ranked[0]->live_bytes[1], 90 * MIB);
    comparison_close(comparison);
}

static void what_cannot_be_compared_is_not_measurable(void **state)
{
    const char *other = make("b.db", 2, &before, "");
    fixture_sql(other, "UPDATE snapshot SET program = 'client'");
    const char *unrelated[] = {make("a.db", 1, &before, ""), other};
    struct comparison *comparison = compare(unrelated, 2);
    assert_int_equal(comparison->verdict.kind, VERDICT_NOT_MEASURABLE);
    assert_non_null(
        strstr(comparison->verdict.text.bytes, "different programs (server and client)"));
    comparison_close(comparison);
    struct error error;
    const struct comparison_options forced = {.rules = rules, .is_forced = true};
    comparison = comparison_open_with(unrelated, 2, &forced, &error);
    assert_int_equal(comparison->verdict.kind, VERDICT_NONE);
    assert_int_equal(comparison->notes.count, 1);
    comparison_close(comparison);
    const char *empty[] = {fixture_snapshot("a.db", 1, MIB, ""),
                           fixture_snapshot("b.db", 2, MIB, "")};
    comparison = compare(empty, 2);
    assert_non_null(strstr(comparison->verdict.text.bytes, "nothing was recorded"));
    comparison_close(comparison);
}

static void a_copy_has_nothing_to_say_about_growth(void **state)
{
    const struct numbers after = {44, 0, 20, 100, 30};
    const char *a = make("a.db", 1, &before, ""), *copy = make("copy.db", 1, &before, "");
    const char *twice[] = {a, a}, *copied[] = {a, copy, a};
    const char *series[] = {a, copy, make("b.db", 2, &after, "")};
    for (size_t count = 2; count <= 3; count++) {
        struct comparison *comparison = compare(count == 2 ? twice : copied, count);
        assert_non_null(strstr(comparison->obstacle, "are the same snapshot"));
        assert_int_equal(comparison->verdict.kind, VERDICT_NOT_MEASURABLE);
        comparison_close(comparison);
    }
    struct comparison *comparison = compare(series, 3);
    assert_null(comparison->obstacle);
    assert_int_equal(comparison->count, 2);
    assert_int_equal(comparison->ranked[0]->growth_bytes, 40 * MIB);
    assert_string_equal(comparison->notes.items[0], "left out: 1 copy of another snapshot");
    comparison_close(comparison);
}

static void another_process_of_the_program_can_be_compared(void **state)
{
    const struct numbers after = {44, 0, 20, 100, 30};
    const char *other = make("b.db", 2, &after, "INSERT INTO age VALUES (1, 1, 44, 44 << 20);");
    fixture_sql(other, "UPDATE snapshot SET pid = 78; UPDATE location SET address = address + 4096"
                       " WHERE module_id IS NOT NULL");
    const char *paths[] = {make("a.db", 1, &before, ""), other};
    struct comparison *comparison = compare(paths, 2);
    assert_int_equal(comparison->growing_count, 1);
    assert_int_equal(comparison->ranked[0]->growth_bytes, 40 * MIB);
    assert_int_equal(comparison->ranked[0]->old_bytes, -1);
    comparison_close(comparison);
}

static void snapshots_are_put_in_order_of_time(void **state)
{
    const struct numbers after = {44, 0, 20, 100, 30};
    const char *swapped[] = {make("b.db", 2, &after, ""), make("a.db", 1, &before, "")};
    struct comparison *comparison = compare(swapped, 2);
    assert_int_equal(comparison->ranked[0]->growth_bytes, 40 * MIB);
    assert_int_equal(comparison->notes.count, 1);
    assert_string_equal(comparison->notes.items[0], "the snapshots were sorted by time");
    comparison_close(comparison);
}

/* Of 30 MiB born between, 20 MiB are older than the last but one snapshot. */
static void survivors_are_the_newcomers_that_are_not_young(void **state)
{
    const struct numbers middle = {24, 0, 20, 100, 30}, after = {34, 0, 20, 100, 30};
    const char *ages = "INSERT INTO age VALUES (1, 1, 4, 4 << 20), (1, 2, 20, 20 << 20),"
                       " (1, 3, 10, 10 << 20);";
    const char *paths[] = {make("a.db", 1, &before, ""), make("b.db", 2, &middle, ""),
                           make("c.db", 3, &after, ages)};
    struct comparison *comparison = compare(paths, 3);
    assert_int_equal(comparison->ranked[0]->survivors, 20 * MIB);
    assert_int_equal(comparison->ranked[0]->rank.pattern, PATTERN_RISES);
    assert_true(comparison->ranked[0]->rank.has_trend);
    comparison_close(comparison);
}

/* Another release, another process: the line of the definition moved, and one function is new. */
static void lines_that_moved_still_match(void **state)
{
    const struct numbers after = {44, 0, 20, 100, 30};
    const char *other = make("b.db", 2, &after, "");
    fixture_sql(other, "UPDATE snapshot SET pid = 78; UPDATE location SET jit_name ="
                       " 'JS:+handleUpload /opt/new/server.js:48:5' WHERE id IN (2, 3)");
    const char *paths[] = {make("a.db", 1, &before, ""), other};
    struct comparison *comparison = compare(paths, 2);
    assert_int_equal(comparison->growing_count, 1);
    assert_int_equal(comparison->ranked[0]->growth_bytes, 40 * MIB);
    assert_int_equal(comparison->ranked[0]->frame.line, 48);
    for (size_t i = 1; i < comparison->site_count; i++)
        assert_string_not_equal(comparison->ranked[i]->frame.function, "handleUpload");
    comparison_close(comparison);
}

/* In one process a definition does not move: functions of one name on two lines are two sites. */
static void lines_of_one_process_are_kept_apart(void **state)
{
    const struct numbers after = {44, 0, 20, 100, 30};
    const char *other = make("b.db", 2, &after, "");
    fixture_sql(other, "UPDATE location SET jit_name = 'JS:+handleUpload /srv/server.js:48:5',"
                       " address = address + 1000 WHERE id IN (2, 3)");
    const char *paths[] = {make("a.db", 1, &before, ""), other};
    struct comparison *comparison = compare(paths, 2);
    assert_int_equal(comparison->ranked[0]->growth_bytes, 44 * MIB);
    comparison_close(comparison);
}

/* What a page or a report would show of it. */
static void expect_same(const struct comparison *a, const struct comparison *b)
{
    assert_int_equal(a->count, b->count);
    assert_int_equal(a->site_count, b->site_count);
    assert_int_equal(a->growing_count, b->growing_count);
    assert_string_equal(a->verdict.text.bytes, b->verdict.text.bytes);
    for (size_t i = 0; i < a->count; i++)
        assert_int_equal(parts_total(&a->parts[i]), parts_total(&b->parts[i]));
    for (size_t i = 0; i < a->site_count; i++) {
        assert_string_equal(a->ranked[i]->frame.function, b->ranked[i]->frame.function);
        assert_int_equal(a->ranked[i]->growth_bytes, b->ranked[i]->growth_bytes);
        for (size_t n = 0; n < a->count; n++)
            assert_int_equal(a->ranked[i]->live_bytes[n], b->ranked[i]->live_bytes[n]);
    }
}

static void stores_in_memory_are_compared_again_and_again(void **state)
{
    (void)state;
    const struct numbers between = {14, 0, 20, 300, 30}, after = {44, 0, 20, 900, 31};
    const char *paths[] = {make("a.db", 1, &before, ""), make("b.db", 2, &between, ""),
                           make("c.db", 3, &after, "")};
    struct error error;
    struct store *stores[3];
    for (size_t i = 0; i < 3; i++)
        assert_non_null(stores[i] = store_open(paths[2 - i], &error)); /* in any order */
    struct comparison *of_files = compare(paths, 3);
    struct symbols *symbols = symbols_new(NULL);
    const struct comparison_options options = {.rules = rules, .symbols = symbols};
    for (int turn = 0; turn < 2; turn++) {
        struct comparison *of_stores = comparison_of_stores(stores, 3, &options);
        expect_same(of_stores, of_files);
        assert_string_equal(of_stores->notes.items[0], "the snapshots were sorted by time");
        comparison_close(of_stores);
    }
    comparison_close(of_files);
    of_files = compare(paths + 1, 2); /* the series moved on */
    struct comparison *of_stores = comparison_of_stores(stores, 2, &options);
    expect_same(of_stores, of_files);
    comparison_close(of_stores);
    comparison_close(of_files);
    symbols_free(symbols);
    for (size_t i = 0; i < 3; i++)
        store_close(stores[i]);
}

static int free_rules(void **state)
{
    rules_free(rules);
    return 0;
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(tiers_of_a_function_are_one_site),
        cmocka_unit_test(kinds_of_one_place_are_one_row),
        cmocka_unit_test(our_own_frames_are_not_in_a_stack),
        cmocka_unit_test(a_leak_ranks_above_larger_churn),
        cmocka_unit_test(growth_within_churn_is_left_out),
        cmocka_unit_test(blocks_of_code_that_got_another_name_have_not_grown),
        cmocka_unit_test(parts_add_up_to_the_byte),
        cmocka_unit_test(memory_without_an_owner_is_shown_as_other),
        cmocka_unit_test(births_tell_survivors_from_newcomers),
        cmocka_unit_test(a_series_is_measured_from_first_to_last),
        cmocka_unit_test(what_cannot_be_compared_is_not_measurable),
        cmocka_unit_test(a_copy_has_nothing_to_say_about_growth),
        cmocka_unit_test(another_process_of_the_program_can_be_compared),
        cmocka_unit_test(snapshots_are_put_in_order_of_time),
        cmocka_unit_test(survivors_are_the_newcomers_that_are_not_young),
        cmocka_unit_test(lines_that_moved_still_match),
        cmocka_unit_test(lines_of_one_process_are_kept_apart),
        cmocka_unit_test(stores_in_memory_are_compared_again_and_again)};
    return cmocka_run_group_tests(tests, NULL, free_rules);
}
