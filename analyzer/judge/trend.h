/* trend.h -- Whether a short series of numbers keeps rising: slope, its interval, and chance.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#ifndef ANALYZER_JUDGE_TREND_H
#define ANALYZER_JUDGE_TREND_H

#include <stdbool.h>
#include <stddef.h>

struct trend {
    double slope;     /* Theil–Sen: the median of the slopes of all pairs, in y per x */
    double low, high; /* Sen's interval of 95 % round it */
    double tau;       /* Kendall: 1 all pairs rise, 0 as many rise as fall, -1 all fall */
    double chance;    /* Mann–Kendall: how likely that much rising is without any trend, 0..1 */
    double going_on;  /* growth of the second half against that of the whole, 0..1: 1 goes on as
                         before or faster, 0 has stopped; what noise could hide counts as growth */
    double unsteady; /* share of the growth that its largest step makes, 0 (even) .. 1 (one step) */
    double falls;    /* sum of all steps down against the growth; 0 when it never fell */
};

/* X rises strictly; COUNT >= 3. */
struct trend trend_of(const double *x, const double *y, size_t count);

/* Of a series that ends higher than it began: whether its growth is over. */
bool trend_has_stopped(const struct trend *trend);

/* … and whether that it ends higher may be chance: it goes up and down. */
bool trend_is_zigzag(const struct trend *trend);

#endif
