/* test_moments.c -- When snapshots are taken, and how often a short load runs between two of them.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include "run/moments.h"
#include "test.h"

static void a_load_that_is_over_in_a_moment_runs_often_enough(void **state)
{
    assert_int_equal(moments_times(1500, 3), 1); /* four runs: six seconds */
    assert_int_equal(moments_times(1000, 3), 2);
    assert_int_equal(moments_times(200, 3), 8);
    assert_int_equal(moments_times(1, 3), 100); /* bounded */
}

static void a_longer_load_runs_once(void **state)
{
    assert_int_equal(moments_times(4000, 3), 0);
    assert_int_equal(moments_times(60000, 3), 0);
}

static void a_load_of_unknown_length_runs_once(void **state)
{
    assert_int_equal(moments_times(0, 3), 0);
}

static void without_snapshots_between_it_runs_once(void **state)
{
    assert_int_equal(moments_times(200, 0), 0);
}

static void snapshots_of_a_known_load_stand_evenly(void **state)
{
    struct moments moments = moments_plan(1000, 8000, 3);
    assert_int_equal(moments_next(&moments), 3000);
    moments.taken = 3;
    assert_true(moments_next(&moments) == INT64_MAX);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_load_that_is_over_in_a_moment_runs_often_enough),
        cmocka_unit_test(a_longer_load_runs_once),
        cmocka_unit_test(a_load_of_unknown_length_runs_once),
        cmocka_unit_test(without_snapshots_between_it_runs_once),
        cmocka_unit_test(snapshots_of_a_known_load_stand_evenly),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
