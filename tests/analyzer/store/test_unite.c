/* test_unite.c -- Snapshots of several processes as one: numbers add up, rows refer to their own.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include "store/unite.h"

#include "fixture.h"
#include "test.h"

#include <stdio.h>
#include <string.h>

#define ROWS                                                                                       \
    "INSERT INTO module VALUES (1, '/srv/server', 'aabb', 4096, 8192, 0, 0);"                      \
    "INSERT INTO location VALUES (1, 5000, 1, 5000, NULL), (2, 6000, 1, 6000, NULL);"              \
    "INSERT INTO node VALUES (1, NULL, 2), (2, 1, 1);"                                             \
    "INSERT INTO stack VALUES (1, 1, 'malloc', 2, 200, 0, 5, 500, 1, 0),"                          \
    " (3, 2, 'buffer', 1, 50, 0, 9, 50, 1, 0);"                                                    \
    "INSERT INTO age VALUES (1, 1, 1, 100), (1, 4, 1, 100);"                                       \
    "INSERT INTO rss VALUES ('allocator', 4096);"                                                  \
    "INSERT INTO runtime VALUES ('node', 'heapUsed', 1000),"                                       \
    " ('node', 'eventLoopDelay_max_ms', 7);"

static struct store *open_one(const char *name, int number)
{
    struct error error;
    struct store *store = store_open(fixture_snapshot(name, number, 1000, ROWS), &error);
    if (!store)
        fail_msg("%s", error.message);
    return store;
}

static struct store *open_united(void)
{
    static const int64_t ladder_a[] = {1, 4}, ladder_b[] = {3, 4};
    const struct unite_ladder ladders[] = {{ladder_a, 2}, {ladder_b, 2}};
    struct store *stores[] = {open_one("a.db", 4), open_one("b.db", 4)};
    return unite(stores, 2, ladders, 1);
}

static void numbers_add_up(void **state)
{
    struct store *store = open_united();
    assert_int_equal(store->facts.rss_bytes, 2000);
    assert_int_equal(store->rss[OWNER_ALLOCATOR], 8192);
    int64_t live = 0;
    for (size_t i = 0; i < store->stacks.count; i++)
        live += store->stacks.items[i].live_bytes;
    assert_int_equal(live, 500);
    assert_true(STORE_STATISTIC(&store->runtime, "node", "heapUsed", -1) == 2000);
    assert_true(STORE_STATISTIC(&store->runtime, "node", "eventLoopDelay_max_ms", -1) == 7);
    store_close(store);
}

static void rows_of_each_refer_to_rows_of_the_same(void **state)
{
    struct store *store = open_united();
    assert_int_equal(store->stacks.count, 4);
    assert_int_equal(store->nodes.count, 4);
    for (size_t i = 0; i < 4; i++) {
        bool is_second = i >= 2;
        const struct store_stack *stack = &store->stacks.items[i];
        const struct store_location *location =
            &store->locations.items[store->nodes.items[stack->node].location];
        assert_int_equal(stack->node / 2, is_second);
        assert_int_equal(location->module, is_second);
        assert_int_equal(store_find_stack(store, stack->id), i);
    }
    assert_int_equal(store->nodes.items[2].parent, STORE_NONE);
    assert_int_equal(store->nodes.items[3].parent, 2);
    assert_int_equal(store->stacks.items[2].first_age, 2);
    store_close(store);
}

/* Births before the first snapshot of a process are moment 0, whatever number its epoch had. */
static void epochs_become_moments(void **state)
{
    struct store *store = open_united();
    static const int64_t moments[] = {0, 1, 0, 1};
    assert_int_equal(store->ages.count, 4);
    for (size_t i = 0; i < 4; i++)
        assert_int_equal(store->ages.items[i].epoch, moments[i]);
    assert_int_equal(store->facts.epoch, 1);
    store_close(store);
}

static void what_stays_of_a_trimmed_one_can_be_read(void **state)
{
    struct store *store = open_united();
    store_trim(store);
    assert_int_equal(store->stacks.count, 0);
    assert_true(STORE_STATISTIC(&store->runtime, "node", "heapUsed", -1) == 2000);
    assert_string_equal(store->facts.program, "server");
    store_close(store);
}

TEST_MAIN(cmocka_unit_test(numbers_add_up),
          cmocka_unit_test(rows_of_each_refer_to_rows_of_the_same),
          cmocka_unit_test(epochs_become_moments),
          cmocka_unit_test(what_stays_of_a_trimmed_one_can_be_read))
