/* comparison.c -- Snapshots set side by side: sites, ranking, parts, verdict.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include "compare/comparison.h"

#include "compare/conclude.h"
#include "compare/order.h"
#include "sites/inlined_jit.h"
#include "sites/match.h"
#include "symbols/symbols.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

static struct rank_evidence evidence_of(const struct comparison *comparison,
                                        const struct site *site)
{
    size_t last = comparison->count - 1;
    bool one = comparison->is_one_process;
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
        .filling = comparison->filling};
}

/* Growing sites first, by score; then the rest by live bytes. */
static int by_rank(const void *a, const void *b, void *context)
{
    const struct site *x = *(struct site *const *)a, *y = *(struct site *const *)b;
    size_t last = *(const size_t *)context;
    if (x->rank.is_growing != y->rank.is_growing)
        return x->rank.is_growing ? -1 : 1;
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
        if (!format_kind_is_mapped(site->kind))
            squares += site->rank.noise * site->rank.noise;
        if (!site->rank.is_growing)
            continue;
        comparison->growing_count++;
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

static void rank_sites(struct comparison *comparison)
{
    size_t last = comparison->count - 1;
    if (last > 0)
        judge_sites(comparison);
    qsort_r(comparison->ranked, comparison->site_count, sizeof *comparison->ranked, by_rank, &last);
}

/* What the other facts of a series tell about births; known when the last snapshot is read, which
 * is the first to be. */
static bool read_epochs(struct comparison *comparison, const char *const *paths,
                        struct error *error)
{
    size_t last = comparison->count - 1;
    struct store *first = last ? store_open_facts(paths[0], error) : NULL;
    struct store *before = last > 1 ? store_open_facts(paths[last - 1], error) : NULL;
    bool good = (first || !last) && (before || last < 2);
    if (good && last) {
        comparison->is_one_process = store_is_same_process(first, comparison->stores[last]);
        if (comparison->is_one_process)
            comparison->table.old_epoch = first->facts.epoch;
        if (comparison->is_one_process && before)
            comparison->table.young_epoch = before->facts.epoch;
    }
    store_close(first);
    store_close(before);
    return good;
}

static struct frames *make_frames(const struct comparison *comparison, const struct store *store,
                                  const struct rules *rules)
{
    struct frames *frames = frames_new(store, comparison->symbols, rules);
    if (comparison->wrappers.count > 0)
        frames_set_wrappers(frames, &comparison->wrappers);
    frames_set_sites(frames, &comparison->sites);
    if (comparison->is_one_process)
        frames_set_by_address(frames);
    return frames;
}

/* The stacks and parts of the first snapshot or the last. */
static bool fold_end(struct comparison *comparison, const char *const *paths,
                     const struct rules *rules, size_t i, struct error *error)
{
    struct store *store = comparison->stores[i] = store_open(paths[i], error);
    if (!store || (i + 1 == comparison->count && !read_epochs(comparison, paths, error)))
        return false;
    comparison->frames[i] = make_frames(comparison, store, rules);
    site_table_add(&comparison->table, i, store, comparison->frames[i]);
    comparison->parts[i] = parts_of(store, comparison->frames[i]);
    return true;
}

/* Those of a snapshot between, which is given back at once, so that a long series costs little more
 * memory than two. */
static bool fold_between(struct comparison *comparison, const char *path, const struct rules *rules,
                         size_t i, struct error *error)
{
    size_t last = comparison->count - 1;
    struct store *store = comparison->stores[i] =
        store_open_between(path, comparison->stores[last], error);
    if (!store)
        return false;
    struct frames *own = store->has_borrowed_nodes ? NULL : make_frames(comparison, store, rules);
    struct frames *frames = own ? own : comparison->frames[last];
    site_table_add(&comparison->table, i, store, frames);
    comparison->parts[i] = parts_of(store, frames);
    frames_free(own);
    store_trim(store);
    return true;
}

static bool fold(struct comparison *comparison, const char *const *paths, const struct rules *rules,
                 size_t i, struct error *error)
{
    return i > 0 && i + 1 < comparison->count ? fold_between(comparison, paths[i], rules, i, error)
                                              : fold_end(comparison, paths, rules, i, error);
}

/* With the first and the last snapshot in the table: what they teach about functions. */
static void learn(struct comparison *comparison)
{
    size_t count = comparison->count;
    struct wrappers_end first = {0, comparison->stores[0], comparison->frames[0]};
    struct wrappers_end last = {count - 1, comparison->stores[count - 1],
                                comparison->frames[count - 1]};
    wrappers_learn(&comparison->table, &first, &last, &comparison->wrappers);
    inlined_jit_learn(&comparison->table, &first, &last, &comparison->sites);
    if (comparison->sites.frames.count > 0) /* functions may have got more callers */
        wrappers_learn(&comparison->table, &first, &last, &comparison->wrappers);
}

/* The last one first, then the first: only they make sites. */
static bool fold_all(struct comparison *comparison, const char *const *paths,
                     const struct rules *rules, struct error *error)
{
    size_t count = comparison->count;
    site_table_init(&comparison->table, count);
    for (size_t n = 0; n < count; n++) {
        size_t i = n == 0 ? count - 1 : n - 1;
        if (!fold(comparison, paths, rules, i, error))
            return false;
        if (n == 1)
            learn(comparison);
    }
    if (count > 1 && !comparison->is_one_process)
        match_moved(&comparison->table);
    site_table_finish(&comparison->table);
    comparison->ranked = memory_zeroed(comparison->table.sites.count, sizeof *comparison->ranked);
    for (size_t i = 0; i < comparison->table.sites.count; i++) {
        struct site *site = &comparison->table.sites.items[i];
        if (!site->is_merged)
            comparison->ranked[comparison->site_count++] = site;
    }
    return true;
}

static struct comparison *make(size_t count, const struct comparison_options *options)
{
    struct comparison *comparison = memory_zeroed(1, sizeof *comparison);
    comparison->count = count;
    comparison->stores = memory_zeroed(count, sizeof *comparison->stores);
    comparison->frames = memory_zeroed(count, sizeof *comparison->frames);
    comparison->parts = memory_zeroed(count, sizeof *comparison->parts);
    comparison->x = memory_zeroed(count, sizeof *comparison->x);
    comparison->symbols = symbols_new(options->sources);
    comparison->pool = pool_new();
    return comparison;
}

struct comparison *comparison_open_with(const char *const *paths, size_t count,
                                        const struct comparison_options *options,
                                        struct error *error)
{
    bool was_sorted;
    size_t given = count;
    const char **sorted = order_by_time(paths, &count, &was_sorted, error);
    if (!sorted)
        return NULL;
    struct comparison *comparison = make(count, options);
    comparison->operations = options->operations;
    if (!was_sorted)
        VEC_ADD(&comparison->notes, "the snapshots were sorted by time");
    if (count < given)
        VEC_ADD(&comparison->notes, pool_format(comparison->pool, "left out: %zu %s", given - count,
                                                given - count == 1 ? "copy of another snapshot"
                                                                   : "copies of other snapshots"));
    bool good = fold_all(comparison, sorted, options->rules, error);
    free(sorted);
    if (!good) {
        comparison_close(comparison);
        return NULL;
    }
    order_times(comparison->stores, count, comparison->x);
    operations_find(comparison);
    rank_sites(comparison);
    if (count > 1)
        conclude(comparison, options->is_forced);
    return comparison;
}

struct comparison *comparison_open(const char *const *paths, size_t count,
                                   const struct rules *rules, struct error *error)
{
    const struct comparison_options options = {.rules = rules};
    return comparison_open_with(paths, count, &options, error);
}

void comparison_close(struct comparison *comparison)
{
    if (!comparison)
        return;
    if (comparison->table.pool)
        site_table_done(&comparison->table);
    map_done(&comparison->wrappers);
    frames_sites_done(&comparison->sites);
    verdict_done(&comparison->verdict);
    for (size_t i = 0; i < comparison->count; i++) {
        frames_free(comparison->frames[i]);
        store_close(comparison->stores[i]);
    }
    symbols_free(comparison->symbols);
    pool_free(comparison->pool);
    VEC_DONE(&comparison->notes);
    free(comparison->stores);
    free(comparison->frames);
    free(comparison->parts);
    free(comparison->x);
    free(comparison->ranked);
    free(comparison);
}

double comparison_per_operation(const struct comparison *comparison, const struct site *site)
{
    size_t last = comparison->count - 1;
    if (comparison->operations <= 0)
        return 0;
    double growth = (double)site->growth_bytes;
    if (site->rank.has_trend)
        growth = site->rank.trend.slope * (comparison->x[last] - comparison->x[0]);
    return growth / (double)comparison->operations;
}
