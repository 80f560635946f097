/* sample.c -- The gate of sampled recording: distances and probabilities.
 *
 * No libm: the shim does not add libraries to the program. Both functions are series with an error
 * below 1e-9, checked against libm in tests/preload/record/test_sample.c.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include "record/sample.h"

#include "options.h"

/* Natural logarithm of x > 0: exponent, and 2 artanh((m - 1) / (m + 1)) of the mantissa. */
static double natural_log(double x)
{
    union {
        double value;
        uint64_t bits;
    } u = {x};
    int exponent = (int)(u.bits >> 52) - 1023;
    u.bits = (u.bits & 0xfffffffffffffull) | 0x3ff0000000000000ull;
    if (u.value > 1.4142135623730951) {
        u.value /= 2;
        exponent++;
    }
    double t = (u.value - 1) / (u.value + 1), t2 = t * t, power = t, sum = 0;
    for (int n = 1; n <= 15; n += 2, power *= t2)
        sum += power / n;
    return 2 * sum + exponent * 0.69314718055994530942;
}

/* 1 - exp(-x) for x >= 0: (1 - y) after halving x until a short series is exact. */
static double one_minus_exp(double x)
{
    if (x > 40)
        return 1;
    int halvings = 0;
    while (x > 0.25) {
        x /= 2;
        halvings++;
    }
    double term = x, sum = x;
    for (int n = 2; n <= 9; n++) {
        term *= -x / n;
        sum += term;
    }
    for (; halvings > 0; halvings--)
        sum = sum * (2 - sum); /* 1 - y^2 from 1 - y */
    return sum;
}

int64_t sample_distance(uint64_t *random)
{
    if (options.sample == 0)
        return 0;
    /* xorshift64* (Vigna 2016) */
    uint64_t x = *random;
    x ^= x >> 12;
    x ^= x << 25;
    x ^= x >> 27;
    *random = x;
    double uniform = ((double)((x * 0x2545f4914f6cdd1dull) >> 11) + 0.5) * 0x1p-53; /* in (0, 1) */
    double distance = -natural_log(uniform) * (double)options.sample;
    int64_t whole = (int64_t)distance;
    /* rounded up: taken when the block reaches the sampled byte */
    return whole + ((double)whole < distance);
}

double sample_probability(uint64_t size)
{
    if (options.sample == 0)
        return 1;
    return one_minus_exp((double)size / (double)options.sample);
}

uint64_t sample_allocations(uint64_t counted)
{
    return options.sample ? (counted + SAMPLE_UNITS / 2) / SAMPLE_UNITS : counted;
}
