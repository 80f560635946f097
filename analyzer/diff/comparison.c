/* comparison.c -- Snapshots set side by side: sites, ranking, parts, verdict.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include "diff/comparison.h"

#include "diff/rank.h"
#include "frames/frame_name.h"
#include "symbols/symbols.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

static const struct store *first_store(const struct comparison *comparison)
{
    return comparison->stores[0];
}

static const struct store *last_store(const struct comparison *comparison)
{
    return comparison->stores[comparison->count - 1];
}

/* Counters and births can be compared only within one life of a process. */
static bool is_one_process(const struct comparison *comparison)
{
    return store_is_same_process(first_store(comparison), last_store(comparison));
}

static int64_t allocations_in(const struct store *store)
{
    int64_t count = 0;
    for (size_t i = 0; i < store->stacks.count; i++)
        count = store_sum(count, store->stacks.items[i].allocations);
    return count;
}

/* Why the snapshots have nothing to say about growth; NULL when they have. */
static const char *find_obstacle(const struct comparison *comparison)
{
    if (allocations_in(last_store(comparison)) == 0)
        return "the last snapshot holds no allocation at all, so nothing was recorded";
    for (size_t i = 0; i < comparison->count; i++) {
        const struct store_facts *facts = &comparison->stores[i]->facts;
        if (strcmp(facts->program, first_store(comparison)->facts.program) != 0)
            return "the snapshots are of different programs";
        if (i > 0 && facts->time_ns < comparison->stores[i - 1]->facts.time_ns)
            return "the snapshots are not in the order of time; name the earlier one first";
    }
    return NULL;
}

static struct rank_evidence evidence_of(const struct comparison *comparison,
                                        const struct site *site, bool one_process)
{
    size_t last = comparison->count - 1;
    return (struct rank_evidence){
        .live_bytes = site->live_bytes,
        .count = comparison->count,
        .allocated =
            one_process ? store_sum(site->allocated_bytes[last], -site->allocated_bytes[0]) : -1,
        .survivors = one_process ? site->survivors : -1,
        .deviation = sqrt(site->variance),
        .is_managed = site->is_managed};
}

/* Growing sites first, by score; then the rest by live bytes. */
static int by_rank(const void *a, const void *b, void *context)
{
    const struct site *x = *(struct site *const *)a, *y = *(struct site *const *)b;
    size_t last = *(const size_t *)context;
    if (x->is_growing != y->is_growing)
        return x->is_growing ? -1 : 1;
    if (x->score != y->score)
        return x->score > y->score ? -1 : 1;
    if (x->growth_bytes != y->growth_bytes && last > 0)
        return x->growth_bytes > y->growth_bytes ? -1 : 1;
    if (x->live_bytes[last] != y->live_bytes[last])
        return x->live_bytes[last] > y->live_bytes[last] ? -1 : 1;
    return strcmp(x->frame.function, y->frame.function);
}

static void rank_sites(struct comparison *comparison)
{
    bool one_process = is_one_process(comparison);
    int64_t largest = 0, total = 0;
    for (size_t i = 0; i < comparison->site_count; i++) {
        const struct site *site = comparison->ranked[i];
        if (site->growth_bytes > largest && !site->is_managed)
            largest = site->growth_bytes;
        if (site->growth_bytes > 0 && !site->is_managed)
            total = store_sum(total, site->growth_bytes);
    }
    for (size_t i = 0; i < comparison->site_count; i++) {
        struct site *site = comparison->ranked[i];
        struct rank_evidence evidence = evidence_of(comparison, site, one_process);
        site->is_growing = comparison->count > 1 && rank_is_growth(&evidence, total);
        site->score = site->is_growing ? rank_score(&evidence, largest ? largest : INT64_MAX) : 0;
        comparison->growing_count += site->is_growing;
        if (site->is_growing && !site->is_managed)
            comparison->growth_bytes = store_sum(comparison->growth_bytes, site->growth_bytes);
    }
    size_t last = comparison->count - 1;
    qsort_r(comparison->ranked, comparison->site_count, sizeof *comparison->ranked, by_rank, &last);
}

static void fold_sites(struct comparison *comparison)
{
    size_t count = comparison->count;
    int64_t old_epoch = is_one_process(comparison) ? first_store(comparison)->facts.epoch : -1;
    site_table_init(&comparison->table, count);
    for (size_t i = 0; i < count; i++)
        site_table_add(&comparison->table, i, comparison->stores[i], comparison->frames[i],
                       old_epoch);
    site_table_finish(&comparison->table);
    comparison->site_count = comparison->table.sites.count;
    comparison->ranked = memory_zeroed(comparison->site_count, sizeof *comparison->ranked);
    for (size_t i = 0; i < comparison->site_count; i++)
        comparison->ranked[i] = &comparison->table.sites.items[i];
}

static void reach_verdict(struct comparison *comparison)
{
    size_t last = comparison->count - 1;
    struct parts parts = parts_of(comparison->stores[last], comparison->frames[last]);
    comparison->obstacle = find_obstacle(comparison);
    comparison->first_parts = parts_of(comparison->stores[0], comparison->frames[0]);
    comparison->growth = parts_growth(&comparison->first_parts, &parts);
    const int64_t *first = comparison->first_parts.bytes;
    struct verdict_input input = {.growth = comparison->growth,
                                  .rss_first = first_store(comparison)->facts.rss_bytes,
                                  .rss_last = last_store(comparison)->facts.rss_bytes,
                                  .live_first =
                                      store_sum(first[PART_NATIVE_BLOCKS], first[PART_BUFFERS]),
                                  .not_measurable = comparison->obstacle};
    struct text name = {0};
    if (comparison->growing_count > 0) {
        const struct site *top = comparison->ranked[0];
        frame_name(&top->frame, NULL, &name);
        input.top_name = name.bytes;
        input.top_growth = top->growth_bytes;
        input.top_score = top->score;
        input.top_is_buffer = top->kind == KIND_BUFFER;
        input.top_is_mapping = top->kind == KIND_MMAP || top->kind == KIND_SHM;
    }
    comparison->verdict = verdict_reach(&input);
    text_done(&name);
}

static bool load_stores(struct comparison *comparison, const char *const *paths,
                        const struct rules *rules, struct error *error)
{
    for (size_t i = 0; i < comparison->count; i++) {
        comparison->stores[i] = store_open(paths[i], error);
        if (!comparison->stores[i])
            return false;
        comparison->frames[i] = frames_new(comparison->stores[i], comparison->symbols, rules);
    }
    return true;
}

struct comparison *comparison_open(const char *const *paths, size_t count,
                                   const struct rules *rules, struct error *error)
{
    struct comparison *comparison = memory_zeroed(1, sizeof *comparison);
    comparison->count = count;
    comparison->stores = memory_zeroed(count, sizeof(struct store *));
    comparison->frames = memory_zeroed(count, sizeof(struct frames *));
    comparison->symbols = symbols_new();
    if (!load_stores(comparison, paths, rules, error)) {
        comparison_close(comparison);
        return NULL;
    }
    fold_sites(comparison);
    rank_sites(comparison);
    reach_verdict(comparison);
    return comparison;
}

void comparison_close(struct comparison *comparison)
{
    if (!comparison)
        return;
    if (comparison->table.pool)
        site_table_done(&comparison->table);
    text_done(&comparison->verdict.text);
    for (size_t i = 0; i < comparison->count; i++) {
        frames_free(comparison->frames[i]);
        store_close(comparison->stores[i]);
    }
    symbols_free(comparison->symbols);
    free(comparison->stores);
    free(comparison->frames);
    free(comparison->ranked);
    free(comparison);
}
