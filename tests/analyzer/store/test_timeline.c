/* test_timeline.c -- Points between snapshots are read by series; older files have none.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include "fixture.h"
#include "store/store.h"
#include "test.h"

#define POINTS                                                                                     \
    "INSERT INTO timeline VALUES ('process', 'rss', 2000, 20.0), ('node', 'heapUsed', 1500, 5.5)," \
    " ('process', 'rss', 1000, 10.0), ('process', 'rss', 3000, -1.0);"

static struct store *open_rows(const char *name, const char *rows)
{
    struct error error;
    struct store *store = store_open(fixture_snapshot(name, 1, 1000, rows), &error);
    if (!store)
        fail_msg("%s", error.message);
    return store;
}

static void points_lie_by_series_and_time(void **state)
{
    struct store *store = open_rows("a.db", POINTS);
    const struct store_point *points = store->timeline.items;
    assert_int_equal(store->timeline.count, 4);
    assert_string_equal(points[0].owner, "node");
    assert_string_equal(points[0].name, "heapUsed");
    assert_true(points[0].value == 5.5);
    assert_string_equal(points[1].owner, "process");
    assert_int_equal(points[1].uptime_ns, 1000);
    assert_int_equal(points[2].uptime_ns, 2000);
    assert_true(points[3].value == 0); /* no memory is negative */
    store_close(store);
}

static void an_older_file_has_none(void **state)
{
    struct store *store = open_rows("b.db", "DROP TABLE timeline;");
    assert_int_equal(store->timeline.count, 0);
    store_close(store);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(points_lie_by_series_and_time),
        cmocka_unit_test(an_older_file_has_none),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
