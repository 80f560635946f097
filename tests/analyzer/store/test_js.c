/* test_js.c -- Live objects of JavaScript heaps become stacks, each with the ages of its samples.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include "fixture.h"
#include "store/store.h"
#include "store/unite.h"
#include "test.h"

#include <string.h>

#define NATIVE                                                                                     \
    "INSERT INTO location VALUES (1, 5000, NULL, NULL, NULL);"                                     \
    "INSERT INTO node VALUES (1, NULL, 1);"                                                        \
    "INSERT INTO stack VALUES (7, 1, 'malloc', 2, 200, 0, 5, 500, 1, 0);"                          \
    "INSERT INTO age VALUES (7, 1, 2, 200);"
#define HEAP                                                                                       \
    "INSERT INTO js_frame VALUES (1, 'onRequest', 'file:///srv/server.js', 60, 9),"                \
    " (2, 'remember', 'file:///srv/server.js', 12, 18), (3, 'set', '', 0, 0);"                     \
    "INSERT INTO js_node VALUES (1, NULL, 1, 'node'), (2, 1, 2, 'node'), (3, 2, 3, 'node');"
#define LIVE                                                                                       \
    "INSERT INTO js_live VALUES (2, 0, 4, 400, 16.0), (2, 1, 6, 600, 9.0), (3, 1, 1, 50, 1.0);"    \
    "INSERT INTO runtime VALUES ('node', 'js_sample_bytes', 64);"

static struct store *open_rows(const char *name, const char *rows)
{
    struct error error;
    struct store *store = store_open(fixture_snapshot(name, 1, 1000, rows), &error);
    if (!store)
        fail_msg("%s", error.message);
    return store;
}

static const char *name_at(const struct store *store, uint32_t node)
{
    return store->locations.items[store->nodes.items[node].location].jit_name;
}

static void objects_become_stacks_behind_the_others(void **state)
{
    struct store *store = open_rows("a.db", NATIVE HEAP LIVE);
    assert_int_equal(store->stacks.count, 3);
    const struct store_stack *stack = &store->stacks.items[1];
    assert_int_equal(stack->kind, KIND_JS);
    assert_int_equal(stack->live_bytes, 1000);
    assert_int_equal(stack->live_blocks, 10);
    assert_true(stack->live_variance == 25);
    assert_int_equal(stack->allocations, 0);
    assert_int_equal(store_find_stack(store, stack->id), 1);
    assert_string_equal(name_at(store, stack->node), "JS:remember file:///srv/server.js:12:18");
    uint32_t caller = store->nodes.items[stack->node].parent;
    assert_string_equal(name_at(store, caller), "JS:onRequest file:///srv/server.js:60:9");
    assert_int_equal(store->nodes.items[caller].parent, STORE_NONE);
    assert_string_equal(name_at(store, store->stacks.items[2].node), "Builtin:set");
    store_close(store);
}

static void ages_are_those_of_the_samples(void **state)
{
    struct store *store = open_rows("a.db", NATIVE HEAP LIVE);
    const struct store_stack *stack = &store->stacks.items[1];
    assert_int_equal(stack->age_count, 2);
    const struct store_age *ages = &store->ages.items[stack->first_age];
    assert_int_equal(ages[0].epoch, 0);
    assert_int_equal(ages[0].live_bytes, 400);
    assert_int_equal(ages[1].live_blocks, 6);
    assert_int_equal(ages[1].stack, 1);
    assert_true(store->has_js);
    store_close(store);
}

/* An older file, a program without V8, and a heap without objects that were sampled. */
static void what_is_not_there_is_not_claimed(void **state)
{
    struct store *store =
        open_rows("old.db", NATIVE "DROP TABLE js_live; DROP TABLE js_node; DROP TABLE js_frame;");
    assert_int_equal(store->stacks.count, 1);
    assert_false(store->has_js);
    store_close(store);
    store = open_rows("none.db", NATIVE HEAP);
    assert_int_equal(store->stacks.count, 1);
    assert_false(store->has_js);
    store_close(store);
    store =
        open_rows("empty.db", NATIVE "INSERT INTO runtime VALUES ('node', 'js_sample_bytes', 64)");
    assert_true(store->has_js); /* there are none */
    store_close(store);
}

static void rows_that_refer_to_nothing_are_damage(void **state)
{
    static const char *const rows[] = {
        HEAP "INSERT INTO js_live VALUES (9, 0, 1, 1, 0)",
        HEAP "INSERT INTO js_node VALUES (4, NULL, 9, 'node')",
        HEAP "INSERT INTO js_node VALUES (4, 5, 1, 'node'), (5, 4, 1, 'node')",
    };
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        struct error error;
        struct store *store = store_open(fixture_snapshot("bad.db", 1, 1000, rows[i]), &error);
        assert_null(store);
        assert_non_null(strstr(error.message, "JavaScript"));
    }
}

/* Their stacks have no lasting ids. */
static void a_snapshot_between_keeps_its_own_frames(void **state)
{
    struct error error;
    struct store *last = open_rows("last.db", NATIVE HEAP LIVE);
    struct store *between =
        store_open_between(fixture_snapshot("between.db", 1, 1000, NATIVE HEAP LIVE), last, &error);
    assert_false(between->has_borrowed_nodes);
    assert_string_equal(name_at(between, between->stacks.items[1].node),
                        "JS:remember file:///srv/server.js:12:18");
    store_close(between);
    store_close(last);
}

static void heaps_of_several_processes_stay_apart(void **state)
{
    static const int64_t ladder[] = {0, 1};
    const struct unite_ladder ladders[] = {{ladder, 2}, {ladder, 2}};
    struct store *stores[] = {open_rows("a.db", NATIVE HEAP LIVE),
                              open_rows("b.db", NATIVE HEAP LIVE)};
    struct store *all = unite(stores, 2, ladders, 1);
    int64_t bytes = 0;
    for (size_t i = 0; i < all->stacks.count; i++)
        bytes += all->stacks.items[i].kind == KIND_JS ? all->stacks.items[i].live_bytes : 0;
    assert_int_equal(bytes, 2100);
    assert_string_equal(name_at(all, all->stacks.items[4].node),
                        "JS:remember file:///srv/server.js:12:18");
    assert_true(all->has_js);
    assert_true(STORE_STATISTIC(&all->runtime, "node", FORMAT_JS_SAMPLE, 0) == 64);
    store_close(all);
}

TEST_MAIN(cmocka_unit_test(objects_become_stacks_behind_the_others),
          cmocka_unit_test(ages_are_those_of_the_samples),
          cmocka_unit_test(what_is_not_there_is_not_claimed),
          cmocka_unit_test(rows_that_refer_to_nothing_are_damage),
          cmocka_unit_test(a_snapshot_between_keeps_its_own_frames),
          cmocka_unit_test(heaps_of_several_processes_stay_apart))
