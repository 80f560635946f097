/* test_trend.c -- Slope, interval and chance against known values.
 *
 * The values were computed with scipy 1.17.1 (theilslopes, kendalltau with method "exact") and, for
 * series with ties, pymannkendall 1.4.3 (original_test); the first series is the example of Sen
 * 1968.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include "judge/trend.h"
#include "test.h"

#include <math.h>

#define COUNT(array) (sizeof(array) / sizeof *(array))

static const double steps[] = {0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14};

static void assert_near(double value, double wanted)
{
    if (fabs(value - wanted) > 1e-6 * fmax(fabs(wanted), 1e-3))
        fail_msg("%.12g instead of %.12g", value, wanted);
}

static void sens_example_has_his_slope_and_interval(void **state)
{
    const double x[] = {1, 2, 3, 4, 10, 12, 18}, y[] = {9, 15, 19, 20, 45, 55, 78};
    struct trend trend = trend_of(x, y, COUNT(x));
    assert_near(trend.slope, 4);
    assert_near(trend.low, 3.71428571429);
    assert_near(trend.high, 4.375);
    assert_near(trend.tau, 1);
    assert_near(trend.chance, 1.0 / 5040);
}

static void a_noisy_rise_has_its_exact_chance(void **state)
{
    const double y[] = {10, 12, 11, 14, 15, 14.5, 18, 20};
    struct trend trend = trend_of(steps, y, COUNT(y));
    assert_near(trend.slope, 1.33333333333);
    assert_near(trend.low, 0.9);
    assert_near(trend.high, 2);
    assert_near(trend.tau, 24.0 / 28);
    assert_near(trend.chance, 0.0008680555555555555);
}

static void ties_make_the_variance_smaller(void **state)
{
    const double few[] = {5, 5, 5, 9, 9, 12};
    struct trend trend = trend_of(steps, few, COUNT(few));
    assert_near(trend.slope, 1.4);
    assert_near(trend.low, 0);
    assert_near(trend.high, 2.33333333333);
    assert_near(trend.chance, 0.019912177682405347);
    const double many[] = {3, 1, 4, 1, 5, 9, 2, 6, 5, 3, 5, 8, 9, 7, 9};
    trend = trend_of(steps, many, COUNT(many));
    assert_near(trend.slope, 0.444444444444);
    assert_near(trend.low, 0.2);
    assert_near(trend.high, 0.727272727273);
    assert_near(trend.tau, 55.0 / 105);
    assert_near(trend.chance, 0.003431897492724516);
}

static void three_points_cannot_exclude_chance(void **state)
{
    const double y[] = {1, 2, 3};
    assert_near(trend_of(steps, y, 3).chance, 1.0 / 6);
    const double four[] = {1, 3, 2, 4};
    assert_near(trend_of(steps, four, 4).chance, 1.0 / 6);
}

static void nothing_moves_in_a_flat_series(void **state)
{
    const double y[] = {7, 7, 7, 7};
    struct trend trend = trend_of(steps, y, 4);
    assert_near(trend.slope, 0);
    assert_near(trend.chance, 1);
    assert_near(trend.falls, 0);
}

static void growth_that_is_over_has_stopped(void **state)
{
    const double filled[] = {0, 64, 64}, late[] = {0, 0, 0, 64, 64, 64}, even[] = {0, 1, 2, 3};
    const double warm[] = {0, 63, 86, 95, 98, 99, 99.7}, hot[] = {0, 0, 64};
    assert_true(trend_has_stopped(&(struct trend){.going_on = 0.1}));
    struct trend trend = trend_of(steps, filled, COUNT(filled));
    assert_true(trend_has_stopped(&trend));
    trend = trend_of(steps, late, COUNT(late));
    assert_true(trend_has_stopped(&trend));
    trend = trend_of(steps, warm, COUNT(warm));
    assert_true(trend_has_stopped(&trend));
    trend = trend_of(steps, even, COUNT(even));
    assert_near(trend.going_on, 1);
    assert_near(trend.unsteady, 0);
    trend = trend_of(steps, hot, COUNT(hot));
    assert_false(trend_has_stopped(&trend));
    assert_near(trend.unsteady, 1);
}

static void what_falls_as_it_rises_is_a_zigzag(void **state)
{
    const double saw[] = {10, 30, 5, 20}, rise[] = {10, 13, 16, 20}, dent[] = {10, 25, 23, 40};
    struct trend trend = trend_of(steps, saw, COUNT(saw));
    assert_true(trend_is_zigzag(&trend));
    trend = trend_of(steps, rise, COUNT(rise));
    assert_false(trend_is_zigzag(&trend));
    trend = trend_of(steps, dent, COUNT(dent));
    assert_false(trend_is_zigzag(&trend));
}

TEST_MAIN(cmocka_unit_test(sens_example_has_his_slope_and_interval),
          cmocka_unit_test(a_noisy_rise_has_its_exact_chance),
          cmocka_unit_test(ties_make_the_variance_smaller),
          cmocka_unit_test(three_points_cannot_exclude_chance),
          cmocka_unit_test(nothing_moves_in_a_flat_series),
          cmocka_unit_test(growth_that_is_over_has_stopped),
          cmocka_unit_test(what_falls_as_it_rises_is_a_zigzag))
