/* test_inlined_jit.c -- Whose site it is when a compiler has made a function part of its caller.
 *
 * The rule must find such functions, and must not take a caller's own blocks from it: most of these
 * cases differ from the first one in one thing, and that is enough.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include "compare/comparison.h"
#include "fixture.h"
#include "test.h"

#include <stdio.h>
#include <string.h>

/* Locations; 1 and 2 are two places in the runtime. The digits of functions are lines. */
#define LOCATIONS                                                                                  \
    "INSERT INTO location VALUES (1, 1, NULL, NULL, 'Builtin:A'), (2, 2, NULL, NULL, "             \
    "'Builtin:B'),"                                                                                \
    " (10, 10, NULL, NULL, 'JS:~main /a.js:1:1'), (20, 20, NULL, NULL, 'JS:~serve /a.js:2:1'),"    \
    " (21, 21, NULL, NULL, 'JS:*serve /a.js:2:1'), (30, 30, NULL, NULL, 'JS:~put /a.js:3:1'),"     \
    " (31, 31, NULL, NULL, 'JS:+put /a.js:3:1'), (40, 40, NULL, NULL, 'JS:~make /a.js:4:1'),"      \
    " (50, 50, NULL, NULL, 'JS:~read /a.js:5:1'), (22, 22, NULL, NULL, 'JS:^serve /a.js:2:1');"

/* 5: A < make < put < serve < main: how it begins. 6: A < serve* < main: how it ends. */
#define STACKS                                                                                     \
    "INSERT INTO node VALUES (1, NULL, 10), (2, 1, 20), (3, 2, 30), (4, 3, 40), (5, 4, 1),"        \
    " (16, 1, 21), (6, 16, 1);"

#define KEPT(id, node) "INSERT INTO stack VALUES (" #id ", " #node ", "
#define ALL(kind, count, size)                                                                     \
    "'" kind "', " #count ", " #count " * " #size ", 0, " #count ", " #count " * " #size ", 1, "   \
    "0);"
#define GONE(kind, count, size) "'" kind "', 0, 0, 0, " #count ", " #count " * " #size ", 1, 0);"

#define BEFORE LOCATIONS STACKS KEPT(5, 5) ALL("buffer", 300, 2000)
#define AFTER                                                                                      \
    LOCATIONS STACKS KEPT(5, 5) GONE("buffer", 300, 2000) KEPT(6, 6) ALL("buffer", 300, 2000)

static struct comparison *compare_sampled(const char *before, const char *after, int sample)
{
    struct error error;
    static struct rules *rules;
    char set[64];
    snprintf(set, sizeof set, "UPDATE snapshot SET sample_bytes = %d", sample);
    const char *paths[] = {fixture_snapshot("a.db", 1, 600000, before),
                           fixture_snapshot("b.db", 2, 600000, after)};
    fixture_sql(paths[0], set);
    fixture_sql(paths[1], set);
    rules = rules ? rules : rules_new(NULL, &error);
    struct comparison *comparison = comparison_open(paths, 2, rules, &error);
    if (!comparison)
        fail_msg("%s", error.message);
    return comparison;
}

static struct comparison *compare(const char *after)
{
    return compare_sampled(BEFORE, after, 0);
}

static const struct site *find(const struct comparison *comparison, const char *function)
{
    for (size_t i = 0; i < comparison->site_count; i++)
        if (strcmp(comparison->ranked[i]->frame.function, function) == 0)
            return comparison->ranked[i];
    return NULL;
}

/* serve's site is its own, and not make's. */
static void assert_apart(struct comparison *comparison, int64_t growth)
{
    const struct site *serve = find(comparison, "serve");
    assert_non_null(serve);
    assert_int_equal(serve->growth_bytes, growth);
    comparison_close(comparison);
}

static void blocks_go_back_to_the_function_that_is_inlined(void **state)
{
    struct comparison *comparison = compare(AFTER);
    const struct site *make = find(comparison, "make");
    assert_null(find(comparison, "serve"));
    assert_int_equal(make->growth_bytes, 0);
    assert_int_equal(make->live_bytes[1], 600000);
    assert_int_equal(comparison->growing_count, 0);
    comparison_close(comparison);
}

static void the_stack_that_is_shown_has_the_function_in_it(void **state)
{
    struct comparison *comparison = compare(AFTER);
    const struct site *make = find(comparison, "make");
    struct frames_walk walk = frames_leaf(make->stack_frames, make->stack);
    const struct frame *frame;
    do
        frame = frames_caller(&walk);
    while (frame && strcmp(frame->function, "make") != 0);
    assert_non_null(frame);
    comparison_close(comparison);
}

/* A < put+ < serve < main: make in put; then put and make in serve. */
static void one_inlined_in_the_other_is_found(void **state)
{
    struct comparison *comparison =
        compare(AFTER "INSERT INTO node VALUES (17, 2, 31), (7, 17, 1);" KEPT(7, 7)
                    ALL("buffer", 50, 2000));
    assert_null(find(comparison, "serve"));
    assert_null(find(comparison, "put"));
    assert_int_equal(find(comparison, "make")->growth_bytes, 100000);
    comparison_close(comparison);
}

/* make in put in serve and in read: serve frees what it gets there, read keeps it. */
static void what_is_inlined_may_be_a_wrapper(void **state)
{
    struct comparison *comparison =
        compare(LOCATIONS STACKS "INSERT INTO location VALUES (51, 51, NULL, NULL, 'JS:*read "
                                 "/a.js:5:1');"
                                 "INSERT INTO node VALUES (60, 1, 50), (61, 60, 30), (62, 61, 40),"
                                 " (63, 62, 1), (64, 1, 51), (65, 64, 1);" KEPT(5, 5)
                                     ALL("buffer", 300, 2000) KEPT(6, 6) GONE("buffer", 900, 2000)
                                         KEPT(7, 63) ALL("buffer", 30, 2000) KEPT(8, 65)
                                             ALL("buffer", 500, 2000));
    assert_string_equal(comparison->ranked[0]->frame.function, "read");
    assert_int_equal(comparison->ranked[0]->growth_bytes, 500 * 2000);
    comparison_close(comparison);
}

static void a_caller_that_allocates_itself_keeps_its_blocks(void **state)
{
    /* in the interpreter: the same frames in another tier */
    assert_apart(
        compare(AFTER "INSERT INTO node VALUES (8, 2, 1);" KEPT(8, 8) GONE("buffer", 3, 2000)),
        600000);
    /* in Sparkplug, which inlines nothing either, and from elsewhere */
    assert_apart(compare(AFTER "INSERT INTO node VALUES (18, NULL, 22), (8, 18, 1);" KEPT(8, 8)
                             GONE("buffer", 3, 1500)),
                 600000);
}

static void code_that_inlines_nothing_is_left_alone(void **state)
{
    assert_apart(compare(LOCATIONS STACKS "UPDATE node SET location_id = 22 WHERE id = 16;" KEPT(
                     5, 5) GONE("buffer", 300, 2000) KEPT(6, 6) ALL("buffer", 300, 2000)),
                 600000);
}

static void blocks_of_another_size_are_not_the_same(void **state)
{
    assert_apart(compare(LOCATIONS STACKS KEPT(5, 5) GONE("buffer", 300, 2000) KEPT(6, 6)
                             ALL("buffer", 100, 5000)),
                 500000);
}

static void blocks_of_another_kind_are_not_the_same(void **state)
{
    assert_apart(compare(LOCATIONS STACKS KEPT(5, 5) GONE("buffer", 300, 2000) KEPT(6, 6)
                             ALL("malloc", 300, 2000)),
                 600000);
}

static void blocks_from_another_place_in_the_runtime_are_not_the_same(void **state)
{
    assert_apart(compare(AFTER "UPDATE node SET location_id = 2 WHERE id = 6;"), 600000);
}

static void a_function_that_the_caller_never_called_gets_nothing(void **state)
{
    const char *elsewhere = "UPDATE node SET parent_id = 1 WHERE id = 3;";
    char before[4096], after[4096];
    snprintf(before, sizeof before, "%s%s", BEFORE, elsewhere);
    snprintf(after, sizeof after, "%s%s", AFTER, elsewhere);
    assert_apart(compare_sampled(before, after, 0), 600000);
}

static void two_functions_cannot_be_separated(void **state)
{
    assert_apart(compare(AFTER "INSERT INTO node VALUES (19, 2, 50), (9, 19, 1);" KEPT(9, 9)
                             GONE("buffer", 300, 2000)),
                 600000);
}

static void samples_prove_nothing(void **state)
{
    assert_apart(compare_sampled(BEFORE, AFTER, 4096), 600000);
}

TEST_MAIN(cmocka_unit_test(blocks_go_back_to_the_function_that_is_inlined),
          cmocka_unit_test(the_stack_that_is_shown_has_the_function_in_it),
          cmocka_unit_test(one_inlined_in_the_other_is_found),
          cmocka_unit_test(what_is_inlined_may_be_a_wrapper),
          cmocka_unit_test(a_caller_that_allocates_itself_keeps_its_blocks),
          cmocka_unit_test(code_that_inlines_nothing_is_left_alone),
          cmocka_unit_test(blocks_of_another_size_are_not_the_same),
          cmocka_unit_test(blocks_of_another_kind_are_not_the_same),
          cmocka_unit_test(blocks_from_another_place_in_the_runtime_are_not_the_same),
          cmocka_unit_test(a_function_that_the_caller_never_called_gets_nothing),
          cmocka_unit_test(two_functions_cannot_be_separated),
          cmocka_unit_test(samples_prove_nothing))
