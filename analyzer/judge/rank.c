/* rank.c -- How much a site looks like a leak.
 *
 * First it asks whether there is growth at all: more than the noise of sampling and of churn, and,
 * in a series, growth that neither goes up and down nor has stopped. Then it weighs the evidence
 * for a leak: a product of answers, each from a floor to 1; docs/ranking.md is the long form.
 *
 *   kept      of the bytes allocated in between, how many stayed?
 *   stayed    of the bytes that were there before, how many still are?
 *   repeated  did it happen often, or once?
 *   rising    in a series: how steadily did it grow, and does it go on?
 *   aged      in a series: are the newcomers of all ages, or only of the last moments?
 *   clear     is it more than a site of a healthy program may grow by?
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include "judge/rank.h"

#include "base/memory.h"

#include <math.h>
#include <stdlib.h>

#define KEPT_FLOOR     0.1
#define STAYED_FLOOR   0.3
#define REPEATED_FLOOR 0.05
#define REPEATED_HALF  8 /* allocations that are half convincing */
#define TAU_FLOOR      0.1
#define EVEN_FLOOR     0.4
#define AGED_FLOOR     0.2
#define CLEAR_FLOOR    0.05
#define CLEAR_TIMES    2     /* the usual growth: clear of it */
#define SURE_FINER     8     /* a series that is sure shows growth so many times smaller */
#define FLIGHT_KEPT    0.12  /* of what was allocated: work in flight keeps no more … */
#define FLIGHT_OLD     0.1   /* … and of the blocks at first no more … */
#define FLIGHT_UNKNOWN 0.01  /* … of what was allocated, where there were hardly any at first */
#define FLIGHT_AGED    0.02  /* of the newcomers no more are older than the last interval */
#define REGROWN_FACTOR 0.5   /* nothing but the trend is known */
#define MANAGED_FACTOR 0.25  /* a heap with a collector fills up before it is collected */
#define SIGMAS         3.0   /* of thousands of sites, noise lifts one in 700 above that */
#define SURE_SERIES    5     /* snapshots, of which … */
#define SURE_CHANCE    0.01  /* … so little chance is asked: every step of five rises */
#define TOTAL_SHARE    0.001 /* smaller growth, as a share of all growth, is not listed */
#define FEW_BLOCKS     8     /* fewer that came or went have no statistics … */
#define FEW_TURNS      8     /* … they are churn when so many times the growth was allocated */

const char *rank_pattern_name(enum rank_pattern pattern)
{
    static const char *const names[] = {"flat",      "noise", "fluctuates", "settled",
                                        "in-flight", "once",  "grew",       "rises"};
    return names[pattern];
}

static double between(double floor, double share)
{
    double inside = share < 0 ? 0 : share > 1 ? 1 : share;
    return floor + (1 - floor) * inside;
}

static size_t last_of(const struct rank_evidence *evidence)
{
    return evidence->count - 1;
}

static int64_t growth_of(const struct rank_evidence *evidence)
{
    return evidence->live_bytes[last_of(evidence)] - evidence->live_bytes[0];
}

/* Bytes that were allocated and freed again in between; -1: unknown. */
static int64_t freed_of(const struct rank_evidence *evidence)
{
    if (evidence->allocated_bytes < 0)
        return -1;
    int64_t freed = evidence->allocated_bytes - growth_of(evidence);
    return freed > 0 ? freed : 0;
}

/* Blocks that came and stayed plus blocks that went. If allocations and frees balanced, their
 * difference would scatter by the root of this sum, as counts of independent events do. */
static double moved_blocks(const struct rank_evidence *evidence)
{
    double first = (double)evidence->live_blocks[0];
    double last = (double)evidence->live_blocks[last_of(evidence)];
    double old = evidence->old_blocks > 0 ? (double)evidence->old_blocks : 0;
    return fmax(first - old, 0) + fmax(last - old, 0);
}

static double block_size(const struct rank_evidence *evidence)
{
    const size_t ends[] = {0, last_of(evidence)};
    double size = 0;
    for (size_t i = 0; i < 2; i++) {
        int64_t bytes = evidence->live_bytes[ends[i]], blocks = evidence->live_blocks[ends[i]];
        if (blocks > 0)
            size = fmax(size, (double)bytes / (double)blocks);
    }
    return size;
}

/* Growth up to this may be churn. Without frees there is no churn; unknown frees count as churn. A
 * few blocks that are replaced again and again (a buffer, an array that is reallocated) may by
 * chance be as much larger as they were large; if they have grown by more, they are growing. */
static double churn_noise(const struct rank_evidence *evidence)
{
    double moved = moved_blocks(evidence), growth = fabs((double)growth_of(evidence));
    if (freed_of(evidence) == 0 || evidence->allocations == 0)
        return 0;
    if (moved >= FEW_BLOCKS)
        return SIGMAS * sqrt(moved) * block_size(evidence);
    if ((double)evidence->allocated_bytes <= FEW_TURNS * growth)
        return 0;
    double before = (double)evidence->live_bytes[0];
    return before > 0 ? before : growth;
}

/* A series that rises beyond chance is no churn. */
static bool is_sure(const struct rank_evidence *evidence, const struct rank *rank)
{
    return evidence->count >= SURE_SERIES && rank->trend.chance <= SURE_CHANCE;
}

/* As many blocks in every snapshot. */
static bool has_same_count(const struct rank_evidence *evidence)
{
    for (size_t i = 1; i < evidence->count; i++) {
        if (evidence->live_blocks[i] != evidence->live_blocks[0])
            return false;
    }
    return evidence->live_blocks[0] > 0;
}

/* An array that doubles when it is full rests the longer the larger it is, and live bytes alone
 * look like a table that is complete. But it is written to all the time: the memory that it holds
 * becomes resident. */
static bool is_filling(const struct rank_evidence *evidence, const struct rank *rank)
{
    size_t last = last_of(evidence);
    return rank->has_trend && rank->trend.falls <= 0 && has_same_count(evidence) &&
           evidence->live_blocks[last] <= FEW_BLOCKS && moved_blocks(evidence) > 0 &&
           evidence->filling > 0 && growth_of(evidence) >= evidence->filling;
}

/* Requests, jobs and messages that are under way hold blocks, in bursts. The next ones replace
 * them, so nothing of it is old. A backlog that rises in every snapshot is not that. */
static bool is_in_flight(const struct rank_evidence *evidence, const struct rank *rank)
{
    double first = (double)evidence->live_bytes[0];
    double most = evidence->live_blocks[0] < FEW_BLOCKS ? FLIGHT_UNKNOWN : FLIGHT_KEPT;
    double newborn = (double)(evidence->live_bytes[last_of(evidence)] - evidence->old_bytes);
    if (evidence->is_managed || evidence->is_collected || evidence->old_bytes < 0 ||
        rank->kept < 0 || rank->kept > most || has_same_count(evidence))
        return false;
    if (rank->has_trend && (is_sure(evidence, rank) || evidence->survivors < 0 ||
                            (double)evidence->survivors > FLIGHT_AGED * newborn))
        return false;
    return (double)evidence->old_bytes <= FLIGHT_OLD * first;
}

static enum rank_pattern find_pattern(const struct rank_evidence *evidence, const struct rank *rank)
{
    const struct trend *trend = &rank->trend;
    if (growth_of(evidence) <= 0)
        return PATTERN_FLAT;
    if ((double)growth_of(evidence) <= rank->noise || evidence->is_scratch)
        return PATTERN_NOISE;
    if (rank->has_trend && trend_has_stopped(trend))
        return PATTERN_SETTLED;
    if (rank->has_trend && trend_is_zigzag(trend))
        return PATTERN_FLUCTUATES;
    if (is_in_flight(evidence, rank))
        return PATTERN_IN_FLIGHT;
    if (evidence->allocations == 1)
        return PATTERN_ONCE;
    return rank->has_trend ? PATTERN_RISES : PATTERN_GREW;
}

static double kept(const struct rank_evidence *evidence)
{
    if (evidence->is_collected)
        return 1;
    if (evidence->allocated_bytes < 0)
        return between(KEPT_FLOOR, 0.5);
    if (evidence->allocated_bytes == 0)
        return 1; /* a mapping whose pages came to life */
    return between(KEPT_FLOOR,
                   sqrt((double)growth_of(evidence) / (double)evidence->allocated_bytes));
}

static double stayed(const struct rank_evidence *evidence)
{
    if (evidence->live_bytes[0] <= 0)
        return 1;
    if (evidence->old_bytes < 0)
        return between(STAYED_FLOOR, 0.5);
    return between(STAYED_FLOOR, (double)evidence->old_bytes / (double)evidence->live_bytes[0]);
}

static double repeated(const struct rank_evidence *evidence)
{
    double times = (double)evidence->allocations;
    if (evidence->allocations < 0)
        times = fmax((double)evidence->live_blocks[last_of(evidence)], 1);
    return between(REPEATED_FLOOR, times / (times + REPEATED_HALF));
}

static double rising(const struct trend *trend)
{
    return between(TAU_FLOOR, trend->tau) * between(EVEN_FLOOR, 1 - trend->unsteady) *
           trend->going_on;
}

/* A leak that grows evenly has this share of its newcomers older than the last step. */
static double aged(const struct rank_evidence *evidence)
{
    size_t last = last_of(evidence);
    double newborn = (double)(evidence->live_bytes[last] - evidence->old_bytes);
    double fair = (evidence->x[last - 1] - evidence->x[0]) / (evidence->x[last] - evidence->x[0]);
    if (evidence->survivors < 0 || evidence->old_bytes < 0 || newborn <= 0)
        return 1;
    return between(AGED_FLOOR, (double)evidence->survivors / newborn / fair);
}

/* Every step of a series rises, and what the site allocated in between is all still there. */
static bool is_certain(const struct rank_evidence *evidence, const struct rank *rank)
{
    return rank->has_trend && is_sure(evidence, rank) && freed_of(evidence) == 0 &&
           evidence->allocations >= SURE_SERIES;
}

/* Caches, tables and compiled code of a healthy program may grow a little between snapshots. */
static double clear_of_usual(const struct rank_evidence *evidence, const struct rank *rank)
{
    double usual = (double)evidence->usual;
    if (usual <= 0)
        return 1;
    if (is_certain(evidence, rank))
        usual /= SURE_FINER;
    return between(CLEAR_FLOOR, (double)growth_of(evidence) / (CLEAR_TIMES * usual));
}

/* An array that moves to a larger place when it is full is a new block each time, and so neither
 * what was freed nor its age speaks against it. */
static bool is_regrown(const struct rank_evidence *evidence, const struct rank *rank)
{
    bool is_rising = is_sure(evidence, rank) && has_same_count(evidence);
    return is_rising || is_filling(evidence, rank);
}

static double rank_weigh(const struct rank_evidence *evidence, const struct rank *rank)
{
    double clear = clear_of_usual(evidence, rank);
    if (is_regrown(evidence, rank) && !evidence->is_managed)
        return clear * REGROWN_FACTOR * repeated(evidence) * rising(&rank->trend);
    double product = clear * kept(evidence) * stayed(evidence) * repeated(evidence);
    if (rank->has_trend)
        product *= rising(&rank->trend) * aged(evidence);
    return evidence->is_managed ? product * MANAGED_FACTOR : product;
}

static double share_kept(const struct rank_evidence *evidence)
{
    if (evidence->allocated_bytes <= 0)
        return -1;
    return (double)growth_of(evidence) / (double)evidence->allocated_bytes;
}

static struct trend find_trend(const struct rank_evidence *evidence)
{
    double *y = memory_zeroed(evidence->count, sizeof *y);
    for (size_t i = 0; i < evidence->count; i++)
        y[i] = (double)evidence->live_bytes[i];
    struct trend trend = trend_of(evidence->x, y, evidence->count);
    free(y);
    return trend;
}

struct rank rank_judge(const struct rank_evidence *evidence, int64_t total)
{
    struct rank rank = {.pattern = PATTERN_FLAT, .kept = share_kept(evidence)};
    double growth = (double)growth_of(evidence);
    rank.noise = hypot(SIGMAS * evidence->deviation, churn_noise(evidence));
    if (growth <= 0)
        return rank;
    if (growth < TOTAL_SHARE * (double)total) { /* all that follows is dear */
        rank.pattern = PATTERN_NOISE;
        return rank;
    }
    rank.has_trend = evidence->count >= 3;
    if (rank.has_trend)
        rank.trend = find_trend(evidence);
    if (is_filling(evidence, &rank))
        rank.trend.going_on = 1;
    if (rank.has_trend && is_sure(evidence, &rank))
        rank.noise = SIGMAS * evidence->deviation;
    rank.pattern = find_pattern(evidence, &rank);
    rank.is_growing = rank.pattern >= PATTERN_ONCE;
    double finer = is_certain(evidence, &rank) ? SURE_FINER : 1;
    rank.is_small = rank.is_growing && growth * finer < (double)evidence->floor;
    rank.evidence = rank.is_growing ? rank_weigh(evidence, &rank) : 0;
    return rank;
}

double rank_score(double evidence, int64_t growth, int64_t largest)
{
    if (growth <= 0 || largest <= 0)
        return 0;
    return evidence * fmin(sqrt((double)growth / (double)largest), 1);
}
