/* trend.c -- Theil–Sen slope, Mann–Kendall test, and whether growth has stopped.
 *
 * Both statistics ask only which of two points is the higher one, so that a single wild snapshot
 * changes little; neither supposes that noise is normal. Sources: Theil 1950, Sen 1968 (J. Am.
 * Stat. Assoc. 63, 1379: slope and its interval, with ties), Mann 1945, Kendall 1975 (the variance
 * with ties; the exact distribution of small series).
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include "judge/trend.h"

#include "base/memory.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#define Z_95           1.959963984540054
#define MOST_EXACT     10  /* of so many points without ties the exact distribution is used */
#define TAIL_DEVIATION 1.4 /* of the growth of a half, in deviations of one point */
#define STOPPED        0.3 /* of its fair share grown in the second half */
#define CHANCE         0.05
#define SMALL_FALLS    0.2 /* of the growth: a series that fell less is no zigzag */

static int by_value(const void *a, const void *b)
{
    double x = *(const double *)a, y = *(const double *)b;
    return x < y ? -1 : x > y;
}

static size_t pairs_of(size_t count)
{
    return count * (count - 1) / 2;
}

/* The slopes of all pairs, sorted; free() them. */
static double *sorted_slopes(const double *x, const double *y, size_t count)
{
    double *slopes = memory_zeroed(pairs_of(count), sizeof *slopes), *to = slopes;
    for (size_t i = 0; i < count; i++) {
        for (size_t j = i + 1; j < count; j++)
            *to++ = (y[j] - y[i]) / (x[j] - x[i]);
    }
    qsort(slopes, pairs_of(count), sizeof *slopes, by_value);
    return slopes;
}

static double median(const double *sorted, size_t count)
{
    return count % 2 ? sorted[count / 2] : (sorted[count / 2 - 1] + sorted[count / 2]) / 2;
}

/* Pairs that rise minus pairs that fall. */
static long kendall(const double *y, size_t count)
{
    long sum = 0;
    for (size_t i = 0; i < count; i++) {
        for (size_t j = i + 1; j < count; j++)
            sum += (y[j] > y[i]) - (y[j] < y[i]);
    }
    return sum;
}

/* Of Kendall's sum when nothing rises; each group of equal values makes it smaller. */
static double kendall_variance(const double *y, size_t count, bool *has_ties)
{
    double n = (double)count, sum = n * (n - 1) * (2 * n + 5);
    double *sorted = memory_zeroed(count, sizeof *sorted);
    *has_ties = false;
    memcpy(sorted, y, count * sizeof *sorted);
    qsort(sorted, count, sizeof *sorted, by_value);
    for (size_t i = 0, next; i < count; i = next) {
        for (next = i + 1; next < count && sorted[next] == sorted[i];)
            next++;
        double t = (double)(next - i);
        *has_ties |= next - i > 1;
        sum -= t * (t - 1) * (2 * t + 5);
    }
    free(sorted);
    return sum / 18;
}

/* Orders of COUNT different numbers with at most MOST pairs that fall, as a share of all orders.
 * Putting in the largest of k numbers makes 0 … k-1 falling pairs, each in one way. */
static double share_of_orders(size_t count, long most)
{
    double ways[MOST_EXACT * (MOST_EXACT - 1) / 2 + 1] = {1}, all = 1, sum = 0;
    for (size_t k = 2; k <= count; k++) {
        for (size_t falls = pairs_of(k); falls > 0; falls--) {
            for (size_t more = 1; more < k && more <= falls; more++)
                ways[falls] += ways[falls - more];
        }
        all *= (double)k;
    }
    for (long falls = 0; falls <= most; falls++)
        sum += ways[falls];
    return sum / all;
}

static double chance_of(const double *y, size_t count, long sum)
{
    bool has_ties;
    double variance = kendall_variance(y, count, &has_ties);
    if (variance <= 0)
        return 1;
    if (!has_ties && count <= MOST_EXACT)
        return share_of_orders(count, ((long)pairs_of(count) - sum) / 2);
    double nearer = sum > 0   ? (double)sum - 1
                    : sum < 0 ? (double)sum + 1
                              : 0; /* steps, not a curve */
    return 0.5 * erfc(nearer / sqrt(variance) / sqrt(2));
}

static void find_slope(struct trend *trend, const double *x, const double *y, size_t count)
{
    bool has_ties;
    long pairs = (long)pairs_of(count);
    double reach = Z_95 * sqrt(fmax(kendall_variance(y, count, &has_ties), 0));
    long low = lround(((double)pairs - reach) / 2) - 1, high = lround(((double)pairs + reach) / 2);
    double *slopes = sorted_slopes(x, y, count);
    trend->slope = median(slopes, (size_t)pairs);
    trend->low = slopes[low < 0 ? 0 : low];
    trend->high = slopes[high >= pairs ? pairs - 1 : high];
    free(slopes);
}

/* Growth of the second half by its own slope, against its fair share of the whole growth. Steps
 * down are the noise that can be told from growth: their root mean square is about the deviation of
 * one point, as half of the steps of noise go down. */
static double find_going_on(const double *x, const double *y, size_t count)
{
    size_t half = count / 2, rest = count - half;
    double growth = y[count - 1] - y[0], squares = 0;
    for (size_t i = 1; i < count; i++)
        squares += y[i] < y[i - 1] ? (y[i] - y[i - 1]) * (y[i] - y[i - 1]) : 0;
    double *slopes = sorted_slopes(x + half, y + half, rest);
    double reach = x[count - 1] - x[half];
    double late = median(slopes, pairs_of(rest)) * reach;
    double noise = TAIL_DEVIATION * sqrt(squares / (double)(count - 1));
    double fair = growth * reach / (x[count - 1] - x[0]);
    free(slopes);
    return fair <= 0 ? 0 : fmin(fmax((late + noise) / fair, 0), 1);
}

static void find_steps(struct trend *trend, const double *y, size_t count)
{
    double largest = 0, falls = 0, growth = y[count - 1] - y[0], steps = (double)count - 1;
    for (size_t i = 1; i < count; i++) {
        largest = fmax(largest, y[i] - y[i - 1]);
        falls += fmax(y[i - 1] - y[i], 0);
    }
    double share = growth > 0 ? fmin(largest / growth, 1) : 1;
    trend->unsteady = fmax((share - 1 / steps) / (1 - 1 / steps), 0);
    trend->falls = growth > 0 ? falls / growth : falls > 0 ? HUGE_VAL : 0;
}

struct trend trend_of(const double *x, const double *y, size_t count)
{
    struct trend trend = {0};
    long sum = kendall(y, count);
    trend.tau = (double)sum / (double)pairs_of(count);
    trend.chance = chance_of(y, count, sum);
    trend.going_on = find_going_on(x, y, count);
    find_slope(&trend, x, y, count);
    find_steps(&trend, y, count);
    return trend;
}

bool trend_has_stopped(const struct trend *trend)
{
    return trend->going_on < STOPPED;
}

bool trend_is_zigzag(const struct trend *trend)
{
    return trend->chance > CHANCE && trend->falls > SMALL_FALLS;
}
