/* test_borrow.c -- When the stacks of a snapshot may be known by their ids, and when not.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include "fixture.h"
#include "store/store.h"
#include "test.h"

#define FRAMES                                                                                     \
    "INSERT INTO module VALUES (1, '/srv/server', 'aabb', 4096, 8192, 0, 0);"                      \
    "INSERT INTO location VALUES (1, 5000, 1, 5000, NULL), (2, 6000, 1, 6000, NULL);"              \
    "INSERT INTO node VALUES (1, NULL, 2), (2, 1, 1);"                                             \
    "INSERT INTO stack VALUES (1, 1, 'malloc', 2, 200, 0, 5, 500, 1, 0),"                          \
    " (3, 2, 'buffer', 1, 50, 0, 9, 50, 1, 0);"
#define LATER                                                                                      \
    "INSERT INTO module VALUES (2, '/srv/plugin.so', 'ccdd', 9000, 9900, 0, 0);"                   \
    "INSERT INTO location VALUES (3, 9100, 2, 100, NULL);"                                         \
    "INSERT INTO node VALUES (3, 1, 3);"                                                           \
    "INSERT INTO stack VALUES (2, 3, 'malloc', 1, 1, 0, 1, 1, 2, 0);"                              \
    "UPDATE stack SET allocations = allocations + 4;"

/* Opens a snapshot that differs from the last one's beginning by SQL. */
static struct store *open_between(struct store **last, const char *sql)
{
    struct error error;
    const char *path = fixture_snapshot("between.db", 2, 0, FRAMES);
    fixture_sql(path, sql);
    *last = store_open(fixture_snapshot("last.db", 3, 0, FRAMES LATER), &error);
    assert_non_null(*last);
    struct store *store = store_open_between(path, *last, &error);
    assert_non_null(store);
    return store;
}

static void expect_own_frames(const char *sql)
{
    struct store *last, *store = open_between(&last, sql);
    assert_false(store->has_borrowed_nodes);
    assert_int_equal(store->nodes.count, 2);
    store_close(store);
    store_close(last);
}

static void stacks_of_one_process_are_known_by_their_ids(void **state)
{
    struct store *last, *store = open_between(&last, "");
    assert_true(store->has_borrowed_nodes);
    assert_int_equal(store->nodes.count, 0);
    assert_int_equal(store->stacks.count, 2);
    assert_int_equal(store->stacks.items[0].node, last->stacks.items[0].node);
    assert_int_equal(store->stacks.items[1].id, 3);
    assert_int_equal(store->stacks.items[1].node, last->stacks.items[2].node);
    assert_int_equal(store->stacks.items[1].live_bytes, 50);
    store_close(store);
    store_close(last);
}

static void another_life_has_frames_of_its_own(void **state)
{
    expect_own_frames("UPDATE snapshot SET pid = 78");
    expect_own_frames("UPDATE snapshot SET started_ns = 2000000000");
}

static void modules_elsewhere_are_another_life(void **state)
{
    expect_own_frames("UPDATE module SET start = 8192, end = 12288");
    expect_own_frames("UPDATE module SET path = '/srv/other'");
    expect_own_frames("UPDATE module SET build_id = NULL");
    expect_own_frames("UPDATE location SET module_id = NULL; DELETE FROM module");
    expect_own_frames("INSERT INTO module VALUES (2, '/srv/plugin.so', 'ccdd', 9000, 9900, 0, 0),"
                      " (3, '/srv/more.so', 'eeff', 10000, 10100, 0, 0)");
}

static void stacks_that_do_not_agree_are_not_borrowed(void **state)
{
    expect_own_frames("UPDATE stack SET id = 7 WHERE id = 3");
    expect_own_frames("UPDATE stack SET kind = 'malloc' WHERE id = 3");
    expect_own_frames("UPDATE stack SET allocations = 14 WHERE id = 3");
}

static void damage_between_is_refused(void **state)
{
    struct error error;
    struct store *last, *store = open_between(&last, "");
    const char *path = fixture_snapshot("damaged.db", 2, 0, FRAMES);
    store_close(store);
    fixture_sql(path, "UPDATE stack SET kind = 'moon'");
    assert_null(store_open_between(path, last, &error));
    fixture_sql(path, "UPDATE stack SET kind = 'malloc', node_id = 99");
    assert_null(store_open_between(path, last, &error)); /* kind differs: frames are read */
    store_close(last);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(stacks_of_one_process_are_known_by_their_ids),
        cmocka_unit_test(another_life_has_frames_of_its_own),
        cmocka_unit_test(modules_elsewhere_are_another_life),
        cmocka_unit_test(stacks_that_do_not_agree_are_not_borrowed),
        cmocka_unit_test(damage_between_is_refused),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
