/* test_steady.c -- When a server has settled: a warm-up slows down, a leak does not.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include "run/steady.h"
#include "test.h"

#include <math.h>
#include <stdlib.h>

#define MIB (1024.0 * 1024)

/* Samples every half second for SECONDS of what F says is resident. */
static bool settles(double (*f)(double second), double seconds)
{
    struct steady steady = {0};
    for (double at = 0; at <= seconds; at += 0.5)
        steady_add(&steady, (int64_t)(at * 1000), (int64_t)f(at));
    bool is_reached = steady_is_reached(&steady);
    steady_done(&steady);
    return is_reached;
}

static double flat(double second)
{
    (void)second;
    return 80 * MIB;
}

static double leak(double second)
{
    return 80 * MIB + second * 10 * MIB;
}

static double warm_up(double second)
{
    return 80 * MIB + 60 * MIB * (1 - exp(-second / 3));
}

static double garbage(double second)
{
    return 80 * MIB + fmod(second * 8, 12) * MIB;
}

static void flat_memory_is_steady_once_a_window_is_seen(void **state)
{
    assert_false(settles(flat, 2));
    assert_true(settles(flat, 3));
}

static void a_leak_is_steady_growth(void **state)
{
    assert_true(settles(leak, 3));
    assert_true(settles(leak, 10));
}

static void a_warm_up_is_waited_for_and_ends(void **state)
{
    assert_false(settles(warm_up, 3));
    assert_false(settles(warm_up, 6));
    assert_true(settles(warm_up, 15));
}

static void garbage_that_comes_and_goes_is_steady(void **state)
{
    assert_true(settles(garbage, 6));
}

static void nothing_is_known_without_samples(void **state)
{
    struct steady steady = {0};
    assert_false(steady_is_reached(&steady));
}

TEST_MAIN(cmocka_unit_test(flat_memory_is_steady_once_a_window_is_seen),
          cmocka_unit_test(a_leak_is_steady_growth),
          cmocka_unit_test(a_warm_up_is_waited_for_and_ends),
          cmocka_unit_test(garbage_that_comes_and_goes_is_steady),
          cmocka_unit_test(nothing_is_known_without_samples))
