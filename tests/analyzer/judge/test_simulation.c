/* test_simulation.c -- Series whose truth is known, thousands of them: how often is a leak found,
 * how often is one cried where there is none?
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include "judge/rank.h"
#include "test.h"

#include <math.h>
#include <stdio.h>

#define MIB   1048576.0
#define TIMES 2000
#define MOST  30

static uint64_t seed;

static double uniform(void)
{
    seed ^= seed << 13;
    seed ^= seed >> 7;
    seed ^= seed << 17;
    return (double)(seed >> 11) / (double)(1ull << 53);
}

/* Of mean 0 and deviation 1: the sum of twelve uniform numbers is close enough to normal. */
static double noise(void)
{
    double sum = -6;
    for (int i = 0; i < 12; i++)
        sum += uniform();
    return sum;
}

/* Live MiB at T in 0..1, without noise. */
typedef double (*shape_of_series)(double t);

static double flat(double t)
{
    return 100;
}
static double leaking(double t)
{
    return 100 + 20 * t;
}
static double filling(double t) /* full after a third, as a cache before the load's second half */
{
    return 100 + 20 * fmin(3 * t, 1);
}
static double warming(double t)
{
    return 100 + 20 * (1 - exp(-5 * t));
}
static double stepping(double t) /* a table made at a time before the middle */
{
    return t > 0.3 ? 120 : 100;
}
static double sawing(double t) /* seven periods */
{
    return 100 + 20 * fmod(7 * t + 0.3, 1);
}

/* The share of simulated series of COUNT snapshots that are said to grow. Nothing but live bytes is
 * known, the hardest case: no births, no counters, nothing of churn. */
static double share_growing(shape_of_series shape, int count, double deviation)
{
    int found = 0;
    seed = 88172645463325252ull + (unsigned)count;
    for (int run = 0; run < TIMES; run++) {
        int64_t live[MOST], blocks[MOST];
        double x[MOST], phase = shape == sawing ? uniform() : 0;
        for (int i = 0; i < count; i++) {
            x[i] = (double)i / (count - 1);
            live[i] = (int64_t)((shape(x[i] + phase) + deviation * noise()) * MIB);
            blocks[i] = 1000000; /* so many that their own scatter is nothing beside DEVIATION */
        }
        struct rank_evidence evidence = {.live_bytes = live,
                                         .live_blocks = blocks,
                                         .x = x,
                                         .count = (size_t)count,
                                         .allocated_bytes = -1,
                                         .allocations = -1,
                                         .old_bytes = -1,
                                         .old_blocks = -1,
                                         .survivors = -1};
        found += rank_judge(&evidence, 0).is_growing;
    }
    print_message("  %2d snapshots, noise %4.1f: %5.1f %%\n", count, deviation,
                  100.0 * found / TIMES);
    return (double)found / TIMES;
}

static void noise_is_seldom_taken_for_growth(void **state)
{
    assert_true(share_growing(flat, 3, 1) < 0.25);
    assert_true(share_growing(flat, 4, 1) < 0.12);
    assert_true(share_growing(flat, 5, 1) < 0.07);
    assert_true(share_growing(flat, 8, 1) < 0.06);
    assert_true(share_growing(flat, 30, 1) < 0.06);
}

static void a_leak_is_found_in_noise(void **state)
{
    assert_true(share_growing(leaking, 3, 1) > 0.99);
    assert_true(share_growing(leaking, 5, 2) > 0.95);
    assert_true(share_growing(leaking, 8, 4) > 0.85);
    assert_true(share_growing(leaking, 12, 5) > 0.85);
    assert_true(share_growing(leaking, 30, 8) > 0.9);
}

static void a_full_cache_is_no_leak(void **state)
{
    assert_true(share_growing(filling, 5, 0.1) < 0.01);
    assert_true(share_growing(filling, 8, 0.5) < 0.05);
    assert_true(share_growing(filling, 30, 0.5) < 0.05);
}

static void warming_up_is_no_leak(void **state)
{
    assert_true(share_growing(warming, 5, 0.1) < 0.01);
    assert_true(share_growing(warming, 8, 0.5) < 0.05);
    assert_true(share_growing(warming, 30, 0.5) < 0.05);
}

static void a_single_step_is_no_leak(void **state)
{
    assert_true(share_growing(stepping, 4, 0.1) < 0.01);
    assert_true(share_growing(stepping, 8, 0.5) < 0.05);
    assert_true(share_growing(stepping, 30, 0.5) < 0.05);
}

static void a_sawtooth_is_no_leak(void **state)
{
    assert_true(share_growing(sawing, 8, 0.5) < 0.08);
    assert_true(share_growing(sawing, 12, 0.5) < 0.08);
    assert_true(share_growing(sawing, 30, 0.5) < 0.08);
}

TEST_MAIN(cmocka_unit_test(noise_is_seldom_taken_for_growth),
          cmocka_unit_test(a_leak_is_found_in_noise), cmocka_unit_test(a_full_cache_is_no_leak),
          cmocka_unit_test(warming_up_is_no_leak), cmocka_unit_test(a_single_step_is_no_leak),
          cmocka_unit_test(a_sawtooth_is_no_leak))
