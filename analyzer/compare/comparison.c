/* comparison.c -- Snapshots set side by side: sites, ranking, parts, verdict.
 *
 * The spine is comparison_run() below. Only the first snapshot and the last make sites. So these
 * two are folded into the table first, and what is learned from them about functions holds for
 * those between.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include "compare/comparison.h"

#include "compare/conclude.h"
#include "compare/folding.h"
#include "compare/ranking.h"
#include "sites/inlined_jit.h"
#include "sites/match.h"
#include "symbols/symbols.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#define NAMED_SITES 20 /* more than most reports show */

static struct frames *make_frames(struct comparison *comparison, const struct store *store)
{
    struct frames *frames = frames_new(store, comparison->symbols, comparison->rules);
    if (comparison->wrappers.count > 0)
        frames_set_wrappers(frames, &comparison->wrappers);
    frames_set_sites(frames, &comparison->sites);
    frames_set_base_names(frames, &comparison->base_names);
    if (comparison->is_one_process && !comparison->snapshots.program)
        frames_set_by_address(frames);
    return frames;
}

/* The stacks and parts of the first snapshot or the last. */
static void fold_end(struct comparison *comparison, size_t i)
{
    const struct store *store = comparison->stores[i];
    comparison->frames[i] = make_frames(comparison, store);
    site_table_add(&comparison->table, i, store, comparison->frames[i]);
    comparison->parts[i] = parts_of(store, comparison->frames[i]);
}

static bool fold_between(struct comparison *comparison, size_t i, struct error *error)
{
    if (!snapshots_load_between(&comparison->snapshots, i, error))
        return false;
    const struct store *store = comparison->stores[i];
    struct frames *own = store->has_borrowed_nodes ? NULL : make_frames(comparison, store);
    struct frames *frames = own ? own : comparison->frames[comparison->count - 1];
    site_table_add(&comparison->table, i, store, frames);
    comparison->parts[i] = parts_of(store, frames);
    frames_free(own);
    snapshots_trim(&comparison->snapshots, i);
    return true;
}

/* Learns wrappers and inlined functions from the first and the last snapshot. */
static void comparison_learn(struct comparison *comparison)
{
    size_t last_index = comparison->count - 1;
    struct wrappers_end first = {0, comparison->stores[0], comparison->frames[0]};
    struct wrappers_end last = {last_index, comparison->stores[last_index],
                                comparison->frames[last_index]};
    wrappers_learn(&comparison->table, &first, &last, &comparison->wrappers);
    inlined_jit_learn(&comparison->table, &first, &last, &comparison->sites);
    if (comparison->sites.frames.count > 0) /* functions may have got more callers */
        wrappers_learn(&comparison->table, &first, &last, &comparison->wrappers);
}

/* Objects of JavaScript's heap can be compared when both ends know them. */
static void find_js(struct comparison *comparison)
{
    bool first = comparison->stores[0]->has_js;
    bool last = comparison->stores[comparison->count - 1]->has_js;
    comparison->table.without_js = !first || !last;
    if (first != last)
        VEC_ADD(&comparison->notes,
                "one of the snapshots knows no objects of JavaScript's heap; take both with --gc");
}

static bool fold_all(struct comparison *comparison, struct error *error)
{
    size_t last = comparison->count - 1;
    if (!snapshots_load(&comparison->snapshots, last, error) ||
        (last > 0 && !snapshots_load(&comparison->snapshots, 0, error)))
        return false;
    find_js(comparison);
    fold_end(comparison, last);
    if (last == 0)
        return true;
    fold_end(comparison, 0);
    comparison_learn(comparison);
    for (size_t i = 1; i < last; i++) {
        if (!fold_between(comparison, i, error))
            return false;
    }
    return true;
}

static void finish_sites(struct comparison *comparison)
{
    struct site_table *table = &comparison->table;
    if (comparison->count > 1 && !comparison->is_one_process)
        match_moved(table);
    for (size_t i = 1; i + 1 < comparison->count; i++) {
        if (!comparison->stores[i]->has_js)
            site_table_fill_js(table, i);
    }
    site_table_finish(table);
    comparison->ranked = memory_zeroed(table->sites.count, sizeof *comparison->ranked);
    for (size_t i = 0; i < table->sites.count; i++) {
        if (!table->sites.items[i].is_merged)
            comparison->ranked[comparison->site_count++] = &table->sites.items[i];
    }
}

/* Names the frames that a report shows, so that all of it has the same names for the same files. */
static void name_stacks(const struct comparison *comparison)
{
    for (size_t i = 0; i < comparison->site_count && i < NAMED_SITES; i++) {
        const struct site *site = comparison->ranked[i];
        struct frames_walk walk = frames_leaf(site->stack_frames, site->stack);
        while (frames_caller(&walk))
            ;
    }
}

/* Lifetimes can be compared within one process: blocks allocated before the first snapshot are old,
 * those after the last but one are young. */
static void find_process(struct comparison *comparison)
{
    size_t last = comparison->count - 1;
    struct store *const *stores = comparison->stores;
    comparison->is_one_process = last > 0 && store_is_same_process(stores[0], stores[last]);
    if (comparison->is_one_process)
        comparison->table.old_epoch = stores[0]->facts.epoch;
    if (comparison->is_one_process && last > 1)
        comparison->table.young_epoch = stores[last - 1]->facts.epoch;
}

static void note_order(struct comparison *comparison)
{
    size_t copies = comparison->snapshots.copies;
    if (!comparison->snapshots.was_sorted)
        VEC_ADD(&comparison->notes, "the snapshots were sorted by time");
    if (copies > 0)
        VEC_ADD(&comparison->notes, pool_format(comparison->pool, "left out: %zu %s", copies,
                                                copies == 1 ? "copy of another snapshot"
                                                            : "copies of other snapshots"));
}

/* Growth from one process to another may be that of another program, or a restart. */
static void note_processes(struct comparison *comparison)
{
    size_t last = comparison->count - 1;
    if (last == 0 || comparison->is_one_process)
        return;
    const struct store_facts *a = &comparison->stores[0]->facts;
    const struct store_facts *b = &comparison->stores[last]->facts;
    if (strcmp(a->program, b->program) != 0)
        return; /* refused, or said where that was forced */
    bool is_same = strcmp(a->command_line, b->command_line) == 0;
    VEC_ADD(&comparison->notes,
            is_same ? pool_format(comparison->pool,
                                  "the snapshots are of two processes of %s: pid %" PRId64
                                  " and pid %" PRId64,
                                  a->command_line, a->pid, b->pid)
                    : pool_format(comparison->pool,
                                  "the snapshots are of two processes: %s (pid %" PRId64
                                  ") and %s (pid %" PRId64 ")",
                                  a->command_line, a->pid, b->command_line, b->pid));
}

static struct comparison *comparison_new(const struct snapshots *snapshots,
                                         const struct comparison_options *options)
{
    struct comparison *comparison = memory_zeroed(1, sizeof *comparison);
    size_t count = snapshots->count;
    comparison->snapshots = *snapshots;
    comparison->count = count;
    comparison->stores = snapshots->stores;
    comparison->frames = memory_zeroed(count, sizeof *comparison->frames);
    comparison->parts = memory_zeroed(count, sizeof *comparison->parts);
    comparison->x = memory_zeroed(count, sizeof *comparison->x);
    comparison->own_symbols = options->symbols ? NULL : symbols_new(options->sources);
    comparison->symbols = options->symbols ? options->symbols : comparison->own_symbols;
    comparison->rules = options->rules;
    comparison->pool = pool_new();
    comparison->operations = options->operations;
    comparison->workload = options->workload;
    site_table_init(&comparison->table, count);
    return comparison;
}

/* Takes SNAPSHOTS over. */
static struct comparison *comparison_run(const struct snapshots *snapshots,
                                         const struct comparison_options *options,
                                         struct error *error)
{
    struct comparison *comparison = comparison_new(snapshots, options);
    note_order(comparison);
    find_process(comparison);
    note_processes(comparison);
    if (!fold_all(comparison, error)) {
        comparison_close(comparison);
        return NULL;
    }
    finish_sites(comparison);
    snapshots_times(&comparison->snapshots, comparison->x);
    workload_spread(comparison, comparison->x);
    operations_find(comparison);
    ranking_make(comparison);
    name_stacks(comparison);
    if (comparison->count > 1)
        conclude(comparison, options->is_forced);
    if (comparison->count > 1)
        folding_make(comparison);
    return comparison;
}

struct comparison *comparison_open_with(const char *const *paths, size_t count,
                                        const struct comparison_options *options,
                                        struct error *error)
{
    struct snapshots snapshots;
    return snapshots_of_files(&snapshots, paths, count, error)
               ? comparison_run(&snapshots, options, error)
               : NULL;
}

struct comparison *comparison_open(const char *const *paths, size_t count,
                                   const struct rules *rules, struct error *error)
{
    const struct comparison_options options = {.rules = rules};
    return comparison_open_with(paths, count, &options, error);
}

struct comparison *comparison_of_stores(struct store *const *stores, size_t count,
                                        const struct comparison_options *options)
{
    struct snapshots snapshots;
    struct error error; /* stores in memory need no reading */
    snapshots_of_stores(&snapshots, stores, count);
    return comparison_run(&snapshots, options, &error);
}

struct comparison *comparison_of_lives(const struct lives *lives, const struct program *program,
                                       const struct comparison_options *options,
                                       struct error *error)
{
    struct snapshots snapshots;
    return snapshots_of_lives(&snapshots, lives, program, error)
               ? comparison_run(&snapshots, options, error)
               : NULL;
}

void comparison_close(struct comparison *comparison)
{
    if (!comparison)
        return;
    site_table_done(&comparison->table);
    map_done(&comparison->wrappers);
    frames_sites_done(&comparison->sites);
    verdict_done(&comparison->verdict);
    for (size_t i = 0; i < comparison->count; i++)
        frames_free(comparison->frames[i]);
    base_names_done(&comparison->base_names);
    snapshots_done(&comparison->snapshots);
    symbols_free(comparison->own_symbols);
    pool_free(comparison->pool);
    VEC_DONE(&comparison->notes);
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
