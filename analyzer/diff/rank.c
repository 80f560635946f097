/* rank.c -- How much a site looks like a leak.
 *
 * score = kept × survived × rising × √(growth / largest growth). Each factor but the last answers
 * one question with a number from its floor to 1; where nothing is known, it gives the middle.
 *
 *   kept      of the bytes allocated in between, how many stayed? A leak keeps all, churn nearly
 * none. survived  of the bytes that were there before, how many still are? A queue or cache that
 * turns over replaces its blocks; a leak never does. rising    with three snapshots or more: in how
 * many steps did it grow?
 *
 * Size enters under a root, so that a steady small leak can stand above a large fluctuation.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include "diff/rank.h"

#include <math.h>

#define KEPT_FLOOR     0.2
#define SURVIVED_FLOOR 0.3
#define RISING_FLOOR   0.1
#define MANAGED_FACTOR 0.25  /* a heap with a collector fills up before it is collected */
#define SIGMAS         2.0   /* growth within two standard deviations is not claimed */
#define TOTAL_SHARE    0.001 /* growth below this share of all growth is not worth a line */

static double between(double floor, double share)
{
    double inside = share < 0 ? 0 : share > 1 ? 1 : share;
    return floor + (1 - floor) * inside;
}

static int64_t growth_of(const struct rank_evidence *evidence)
{
    return evidence->live_bytes[evidence->count - 1] - evidence->live_bytes[0];
}

static double kept(const struct rank_evidence *evidence)
{
    if (evidence->allocated < 0)
        return between(KEPT_FLOOR, 0.5);
    if (evidence->allocated == 0)
        return 1; /* realloc'ed in place */
    return between(KEPT_FLOOR, sqrt((double)growth_of(evidence) / (double)evidence->allocated));
}

static double survived(const struct rank_evidence *evidence)
{
    int64_t before = evidence->live_bytes[0];
    if (evidence->survivors < 0 || before <= 0)
        return between(SURVIVED_FLOOR, 0.5);
    return between(SURVIVED_FLOOR, (double)evidence->survivors / (double)before);
}

static double rising(const struct rank_evidence *evidence)
{
    size_t steps = evidence->count - 1, up = 0;
    if (steps < 2)
        return 1;
    for (size_t i = 0; i < steps; i++)
        up += evidence->live_bytes[i + 1] > evidence->live_bytes[i];
    return between(RISING_FLOOR, (double)up / (double)steps);
}

double rank_score(const struct rank_evidence *evidence, int64_t largest)
{
    int64_t growth = growth_of(evidence);
    if (growth <= 0 || largest <= 0)
        return 0;
    double size = sqrt((double)growth / (double)largest);
    double score = kept(evidence) * survived(evidence) * rising(evidence) * fmin(size, 1);
    return evidence->is_managed ? score * MANAGED_FACTOR : score;
}

bool rank_is_growth(const struct rank_evidence *evidence, int64_t total)
{
    double growth = (double)growth_of(evidence);
    return growth > 0 && growth > SIGMAS * evidence->deviation &&
           growth >= TOTAL_SHARE * (double)total;
}
