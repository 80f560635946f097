/* test_sample.c -- Sampling is Poisson sampling: distances and probabilities.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include "record/sample.h"

#include <math.h>

#include "options.h"
#include "test.h"

static uint64_t generator = 1; /* the same draws in every run */

static int end(void **state)
{
    (void)state;
    options.sample = 0;
    return 0;
}

static void without_sampling_everything_is_taken(void **state)
{
    options.sample = 0;
    assert_int_equal(sample_distance(&generator), 0);
    assert_true(sample_probability(0) == 1);
    assert_true(sample_probability(1) == 1);
}

static void probabilities_are_those_of_libm(void **state)
{
    const uint64_t means[] = {1, 64, 4096, 524288, (uint64_t)1 << 39};
    for (unsigned i = 0; i < sizeof means / sizeof *means; i++) {
        options.sample = means[i];
        for (double size = 1; size < 4e12; size = ceil(size * 1.07)) {
            double exact = -expm1(-size / (double)means[i]);
            double error = fabs(sample_probability((uint64_t)size) / exact - 1);
            if (error > 1e-9)
                fail_msg("size %.0f, mean %.0f: error %g", size, (double)means[i], error);
        }
    }
}

#define DRAWS 400000

static void distances_are_exponential(void **state)
{
    const double mean = 524288;
    double sum = 0, squares = 0;
    unsigned below_median = 0, beyond_three = 0;
    options.sample = 524288;
    for (unsigned i = 0; i < DRAWS; i++) {
        int64_t bytes = sample_distance(&generator);
        assert_true(bytes >= 1);
        double distance = (double)bytes / mean;
        sum += distance;
        squares += distance * distance;
        below_median += distance < log(2);
        beyond_three += distance > 3;
    }
    double average = sum / DRAWS, variance = squares / DRAWS - average * average;
    assert_true(fabs(average - 1) < 0.01);
    assert_true(fabs(variance - 1) < 0.03);
    assert_true(fabs((double)below_median / DRAWS - 0.5) < 0.005);
    assert_true(fabs((double)beyond_three / DRAWS - exp(-3)) < 0.002);
}

#define SAMPLE_TEST(name) cmocka_unit_test_teardown(name, end)

TEST_MAIN(SAMPLE_TEST(without_sampling_everything_is_taken),
          SAMPLE_TEST(probabilities_are_those_of_libm), SAMPLE_TEST(distances_are_exponential))
