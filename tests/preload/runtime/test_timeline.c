/* test_timeline.c -- Points between snapshots: in order, bounded, each series spread over all time.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include "runtime/timeline.h"

#include <math.h>
#include <string.h>

#include "test.h"

struct seen {
    size_t points;         /* of the statistic that is looked for */
    const char *statistic; /* "" for all */
    double first, last;
    uint64_t time;
    bool rises;
};

static void see(const char *name, const char *statistic, uint64_t time_ns, double value,
                void *context)
{
    struct seen *seen = context;
    (void)name;
    if (*seen->statistic && strcmp(seen->statistic, statistic) != 0)
        return;
    if (!seen->points++)
        seen->first = value;
    seen->rises = seen->rises && time_ns > seen->time;
    seen->time = time_ns;
    seen->last = value;
}

static struct seen look(const char *statistic)
{
    struct seen seen = {.statistic = statistic, .rises = true};
    timeline_each(see, &seen);
    return seen;
}

static int forget(void **state)
{
    timeline_forked();
    return 0;
}

static void add_member(double first)
{
    const double values[MEMBER_SAMPLES] = {first, 2, 3, NAN, 5};
    timeline_add_member("node", values, MEMBER_SAMPLES);
}

static void points_come_in_order_of_time(void **state)
{
    for (uint64_t bytes = 1; bytes <= 10; bytes++)
        timeline_add_rss(bytes);
    struct seen seen = look("rss");
    assert_int_equal(seen.points, 10);
    assert_true(seen.rises);
    assert_true(seen.first == 1 && seen.last == 10);
}

static void a_value_that_is_not_known_is_left_out(void **state)
{
    add_member(1);
    assert_int_equal(look("heapUsed").points, 1);
    assert_int_equal(look("http_requests").points, 1);
    assert_int_equal(look("eventLoopDelay_max_ms").points, 0);
}

static void unknown_numbers_are_not_taken(void **state)
{
    const double values[MEMBER_SAMPLES + 1] = {0};
    timeline_add_rss(0);
    timeline_add_member("node", values, MEMBER_SAMPLES + 1);
    assert_int_equal(look("").points, 0);
}

static void a_long_series_keeps_its_span_and_its_bound(void **state)
{
    const unsigned given = 10 * TIMELINE_POINTS;
    for (unsigned i = 1; i <= given; i++)
        timeline_add_rss(i);
    struct seen seen = look("rss");
    assert_in_range(seen.points, TIMELINE_POINTS / 2, TIMELINE_POINTS);
    assert_true(seen.rises);
    assert_true(seen.first == 1);
    assert_true(seen.last > given - 32); /* a stride of 16, and what it passed over */
}

static void a_copy_of_the_process_begins_anew(void **state)
{
    timeline_add_rss(1);
    add_member(1);
    timeline_forked();
    assert_int_equal(look("").points, 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup(points_come_in_order_of_time, forget),
        cmocka_unit_test_setup(a_value_that_is_not_known_is_left_out, forget),
        cmocka_unit_test_setup(unknown_numbers_are_not_taken, forget),
        cmocka_unit_test_setup(a_long_series_keeps_its_span_and_its_bound, forget),
        cmocka_unit_test_setup(a_copy_of_the_process_begins_anew, forget),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
