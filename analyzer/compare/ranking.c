/* ranking.c -- The sites of a comparison, judged and put in order.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include "compare/ranking.h"

#include "frames/shared.h"
#include "judge/balance.h"
#include "judge/trend.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#define FLOOR       ((int64_t)64 * 1024) /* bytes of growth; less is not listed … */
#define FLOOR_SHARE 100                  /* … in a process of more than so many times that */

/* Code that warms up allocates objects of JavaScript that stay, so a series is no finer there. */
static int64_t usual_growth(const struct comparison *comparison, const struct site *site)
{
    bool is_series = comparison->count > 2 && site->kind != KIND_JS;
    return balance_usual(comparison->stores[0]->facts.rss_bytes, is_series);
}

static int64_t least_listed(const struct comparison *comparison)
{
    int64_t share = comparison->stores[0]->facts.rss_bytes / FLOOR_SHARE;
    return share < FLOOR ? share : FLOOR;
}

static struct rank_evidence evidence_of(const struct comparison *comparison,
                                        const struct site *site)
{
    size_t last = comparison->count - 1;
    bool is_js = site->kind == KIND_JS;
    bool one = comparison->is_one_process && !is_js; /* V8 does not count allocations */
    return (struct rank_evidence){
        .live_bytes = site->live_bytes,
        .live_blocks = site->live_blocks,
        .x = comparison->x,
        .count = comparison->count,
        .allocated_bytes =
            one ? store_sum(site->allocated_bytes[last], -site->allocated_bytes[0]) : -1,
        .allocations = one ? store_sum(site->allocations[last], -site->allocations[0]) : -1,
        .old_bytes = site->old_bytes,
        .old_blocks = site->old_blocks,
        .survivors = site->survivors,
        .deviation = site->deviation,
        .is_managed = site->is_managed,
        .is_scratch = shared_is_scratch(site->shared),
        .is_collected = is_js,
        .usual = usual_growth(comparison, site),
        .floor = least_listed(comparison),
        .filling = comparison->filling};
}

/* 0: listed; 1: growing, but too small for the list; 2: not growing. */
static int order_of(const struct rank *rank)
{
    return rank->is_growing ? rank->is_small : 2;
}

/* Growing sites first, by score, the small ones after the others; then the rest by live bytes. */
static int by_rank(const void *a, const void *b, void *context)
{
    const struct site *x = *(struct site *const *)a, *y = *(struct site *const *)b;
    size_t last = *(const size_t *)context;
    if (order_of(&x->rank) != order_of(&y->rank))
        return order_of(&x->rank) - order_of(&y->rank);
    if (x->score != y->score)
        return x->score > y->score ? -1 : 1;
    if (x->growth_bytes != y->growth_bytes && last > 0)
        return x->growth_bytes > y->growth_bytes ? -1 : 1;
    if (x->live_bytes[last] != y->live_bytes[last])
        return x->live_bytes[last] > y->live_bytes[last] ? -1 : 1;
    return strcmp(x->frame.function, y->frame.function);
}

static int64_t sum_growth(const struct comparison *comparison)
{
    int64_t total = 0;
    for (size_t i = 0; i < comparison->site_count; i++) {
        const struct site *site = comparison->ranked[i];
        if (site->growth_bytes > 0 && !site->is_managed)
            total = store_sum(total, site->growth_bytes);
    }
    return total;
}

/* By how much the allocator's resident memory, live or kept, grew in the second half of a series; 0
 * when it does not go on. */
static int64_t find_filling(const struct comparison *comparison)
{
    size_t count = comparison->count, half = count / 2;
    double *y = memory_zeroed(count, sizeof *y);
    for (size_t i = 0; i < count; i++) {
        const int64_t *bytes = comparison->parts[i].bytes;
        y[i] = (double)store_sum(store_sum(bytes[PART_NATIVE_BLOCKS], bytes[PART_BUFFERS]),
                                 bytes[PART_RETENTION]);
    }
    struct trend trend = trend_of(comparison->x, y, count);
    double filling = trend.falls > 0 || trend_has_stopped(&trend) ? 0 : y[count - 1] - y[half];
    free(y);
    return (int64_t)fmax(filling, 0);
}

static void judge_sites(struct comparison *comparison)
{
    comparison->filling = comparison->count > 2 ? find_filling(comparison) : 0;
    int64_t total = sum_growth(comparison), largest = 0;
    double squares = 0;
    for (size_t i = 0; i < comparison->site_count; i++) {
        struct site *site = comparison->ranked[i];
        struct rank_evidence evidence = evidence_of(comparison, site);
        site->rank = rank_judge(&evidence, total);
        if (format_kind_is_block(site->kind))
            squares += site->rank.noise * site->rank.noise;
        if (!site->rank.is_growing)
            continue;
        comparison->growing_count++;
        comparison->listed_count += !site->rank.is_small;
        if (!site->is_managed)
            comparison->growth_bytes = store_sum(comparison->growth_bytes, site->growth_bytes);
        if (!site->is_managed && site->growth_bytes > largest)
            largest = site->growth_bytes;
    }
    comparison->noise_bytes = (int64_t)fmin(sqrt(squares), (double)STORE_LIMIT);
    for (size_t i = 0; i < comparison->site_count; i++) {
        struct site *site = comparison->ranked[i];
        site->score = rank_score(site->rank.evidence, site->growth_bytes,
                                 largest ? largest : site->growth_bytes);
    }
}

void ranking_make(struct comparison *comparison)
{
    size_t last = comparison->count - 1;
    if (last > 0)
        judge_sites(comparison);
    qsort_r(comparison->ranked, comparison->site_count, sizeof *comparison->ranked, by_rank, &last);
}
