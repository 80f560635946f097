/* conclude.c -- From the facts of a comparison to its verdict.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include "compare/conclude.h"

#include "compare/origin.h"
#include "frames/frame_name.h"
#include "frames/shared.h"
#include "frames/site_frame.h"
#include "judge/trend.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#define FALLS_OF_GARBAGE 0.2 /* of the growth: what falls more holds garbage at times */

static const struct store *first_of(const struct comparison *comparison)
{
    return comparison->stores[0];
}

static const struct store *last_of(const struct comparison *comparison)
{
    return comparison->stores[comparison->count - 1];
}

static bool has_allocations(const struct store *store)
{
    for (size_t i = 0; i < store->stacks.count; i++) {
        if (store->stacks.items[i].allocations > 0)
            return true;
    }
    return false;
}

static bool are_of_one_program(const struct comparison *comparison)
{
    for (size_t i = 1; i < comparison->count; i++) {
        if (strcmp(comparison->stores[i]->facts.program, first_of(comparison)->facts.program) != 0)
            return false;
    }
    return true;
}

/* Whether both files hold one snapshot: copies of each other, or the same file. */
static bool are_one_snapshot(const struct store *a, const struct store *b)
{
    return store_is_same_process(a, b) && a->facts.number == b->facts.number &&
           a->facts.time_ns == b->facts.time_ns;
}

/* Why the snapshots cannot show growth; NULL when they can. */
static const char *find_obstacle(struct comparison *comparison, bool is_forced)
{
    if (are_one_snapshot(first_of(comparison), last_of(comparison)))
        return "the files are the same snapshot; take another one later";
    if (!has_allocations(last_of(comparison)))
        return "the last snapshot contains no allocation at all, so nothing was recorded";
    if (are_of_one_program(comparison))
        return workload_obstacle(comparison, comparison->workload);
    const char *words =
        pool_format(comparison->pool, "the snapshots are of different programs (%s and %s)",
                    first_of(comparison)->facts.program, last_of(comparison)->facts.program);
    if (!is_forced)
        return pool_format(comparison->pool, "%s; --force compares them anyway", words);
    VEC_ADD(&comparison->notes, words);
    return NULL;
}

/* A figure of V8, over all isolates; 0: there is none. */
static int64_t sum_of_isolates(const struct store *store, const char *name)
{
    int64_t sum = 0;
    for (size_t i = 0; i < store->runtime.count; i++)
        if (strcmp(store->runtime.items[i].name, name) == 0)
            sum = store_sum(sum, (int64_t)store->runtime.items[i].value);
    return sum;
}

/* V8 grows its young generation while the program allocates much, and shrinks it when the program
 * is idle. */
static int64_t nursery_size(const struct store *store)
{
    return sum_of_isolates(store, "new_space_committed");
}

static int64_t nursery_growth(const struct comparison *comparison)
{
    int64_t first = nursery_size(first_of(comparison)), last = nursery_size(last_of(comparison));
    int64_t heap = comparison->growth.bytes[PART_JS_HEAP], grown = last - first;
    return first > 0 && grown > 0 && heap > 0 ? (grown < heap ? grown : heap) : 0;
}

static struct trend trend_of_part(const struct comparison *comparison, enum part part)
{
    double *y = memory_zeroed(comparison->count, sizeof *y);
    for (size_t i = 0; i < comparison->count; i++)
        y[i] = (double)comparison->parts[i].bytes[part];
    struct trend trend = trend_of(comparison->x, y, comparison->count);
    free(y);
    return trend;
}

/* Whether what V8's heaps hold has stopped growing, whatever they reserve for it. It says so after
 * collections alone: without, it goes up and down, and is not believed. */
static bool is_filled(const struct comparison *comparison)
{
    double *y = memory_zeroed(comparison->count, sizeof *y);
    bool is_known = true;
    for (size_t i = 0; i < comparison->count; i++) {
        y[i] = (double)sum_of_isolates(comparison->stores[i], "heapUsed");
        is_known &= y[i] > 0;
    }
    struct trend trend = trend_of(comparison->x, y, comparison->count);
    free(y);
    return is_known && trend_has_stopped(&trend) && trend.falls < FALLS_OF_GARBAGE;
}

/* Whether a part that grew does not go on growing. */
static bool has_stopped(const struct comparison *comparison, enum part part)
{
    struct trend trend = trend_of_part(comparison, part);
    return trend_has_stopped(&trend) || trend_is_zigzag(&trend) ||
           (part == PART_JS_HEAP && is_filled(comparison));
}

static enum claim claim_of(const struct site *site)
{
    switch (site->kind) {
    case KIND_BUFFER:
        return CLAIM_BUFFERS;
    case KIND_JS:
        return CLAIM_JS;
    case KIND_THREAD:
        return CLAIM_THREADS;
    default:
        return format_kind_is_block(site->kind) ? CLAIM_BLOCKS : CLAIM_MAPPINGS;
    }
}

/* How the sentence names a site, with the package on the way to its blocks. */
static const char *name_site(const struct comparison *comparison, const struct site *site)
{
    struct text name = {0};
    const struct frame *way = site_frame_way(site->stack_frames, site->stack, &site->frame);
    if (way) {
        frame_name_way(way, &name);
        text_add(&name, ", called by ");
    }
    frame_name(&site->frame, NULL, &name);
    const struct site *origin = origin_find(comparison, site);
    if (origin) {
        text_add(&name, ", for objects that ");
        frame_name(&origin->frame, NULL, &name);
        text_add(&name, " made");
    }
    const char *words = pool_text(comparison->pool, name.bytes);
    text_done(&name);
    return words;
}

/* Growing sites come in the order of their rank. Behind the first that convinces, those that do not
 * convince say nothing: what they grew by may be over tomorrow. */
static void add_claim(struct verdict_claim *claim, const struct comparison *comparison,
                      const struct site *site)
{
    bool convinces = site->rank.evidence >= RANK_CONVINCING && !site->rank.is_small;
    if (claim->convincing > 0 && !convinces)
        return;
    claim->growth = store_sum(claim->growth, site->growth_bytes);
    claim->noise = hypot(claim->noise, site->rank.noise);
    if (convinces)
        claim->convincing = store_sum(claim->convincing, site->growth_bytes);
    if (claim->name)
        return;
    claim->name = name_site(comparison, site);
    claim->top_growth = site->growth_bytes;
}

static void add_claims(const struct comparison *comparison, struct verdict_input *input)
{
    for (size_t i = 0; i < comparison->growing_count; i++) {
        const struct site *site = comparison->ranked[i];
        if (!site->is_managed)
            add_claim(&input->claims[claim_of(site)], comparison, site);
    }
    input->growth_blocks =
        store_sum(last_of(comparison)->facts.live_blocks, -first_of(comparison)->facts.live_blocks);
}

static void add_flight(const struct comparison *comparison, struct verdict_input *input)
{
    struct verdict_flight *flight = &input->flight;
    for (size_t i = comparison->growing_count; i < comparison->site_count; i++) {
        const struct site *site = comparison->ranked[i];
        if (site->rank.pattern != PATTERN_IN_FLIGHT || !format_kind_is_block(site->kind))
            continue;
        flight->growth = store_sum(flight->growth, site->growth_bytes);
        if (site->growth_bytes <= flight->top_growth)
            continue;
        flight->name = name_site(comparison, site);
        flight->top_growth = site->growth_bytes;
        flight->kept = site->rank.kept;
    }
}

static void add_collected(const struct comparison *comparison, struct verdict_input *input)
{
    struct verdict_collected *collected = &input->collected;
    const struct parts *parts = &comparison->parts[comparison->count - 1];
    for (size_t i = 0; i < comparison->site_count; i++) {
        const struct site *site = comparison->ranked[i];
        if (!format_kind_is_block(site->kind))
            continue;
        collected->bytes = store_sum(collected->bytes, site->collected_bytes);
        if (site->kind == KIND_BUFFER)
            collected->buffers = store_sum(collected->buffers, site->collected_bytes);
        if (site->collected_bytes <= collected->top_bytes)
            continue;
        collected->name = name_site(comparison, site);
        collected->top_bytes = site->collected_bytes;
    }
    input->live_last = store_sum(parts->bytes[PART_NATIVE_BLOCKS], parts->bytes[PART_BUFFERS]);
}

static int64_t scratch_growth(const struct comparison *comparison)
{
    int64_t sum = 0;
    for (size_t i = 0; i < comparison->site_count; i++) {
        const struct site *site = comparison->ranked[i];
        if (shared_is_scratch(site->shared) && format_kind_is_block(site->kind))
            sum = store_sum(sum, site->growth_bytes);
    }
    return sum;
}

/* The runtime of the largest mapping of a managed heap. */
static enum runtime_kind find_managed_heap(const struct comparison *comparison)
{
    const struct site *largest = NULL;
    size_t last = comparison->count - 1;
    for (size_t i = 0; i < comparison->site_count; i++) {
        const struct site *site = comparison->ranked[i];
        if (site->is_managed && (!largest || site->live_bytes[last] > largest->live_bytes[last]))
            largest = site;
    }
    return largest ? runtime_of(&largest->frame).kind : RUNTIME_NONE;
}

static struct verdict_allocator describe_allocator(const struct comparison *comparison)
{
    const struct store *first = first_of(comparison), *last = last_of(comparison);
    struct verdict_allocator allocator = {
        .free_first = -1, .free_last = -1, .top = -1, .arenas = -1};
    if (last->allocator.count == 0)
        return allocator;
    allocator.name = last->allocator.items[0].owner;
    allocator.free_first =
        (int64_t)STORE_STATISTIC(&first->allocator, allocator.name, "free_bytes", -1);
    allocator.free_last =
        (int64_t)STORE_STATISTIC(&last->allocator, allocator.name, "free_bytes", -1);
    allocator.top = (int64_t)STORE_STATISTIC(&last->allocator, allocator.name, "keepcost", -1);
    const struct store_arenas *arenas = &last->arenas;
    if (arenas->count == 0)
        return allocator;
    allocator.arenas = arenas->count;
    allocator.top = arenas->top_resident;
    allocator.holes = arenas->largest_holes;
    allocator.hole_bytes = arenas->largest_bytes;
    if (arenas->largest_class >= 0 && arenas->largest_class < 48)
        allocator.hole_least = (int64_t)1 << arenas->largest_class;
    return allocator;
}

static bool has_jit_names(const struct store *store)
{
    for (size_t i = 0; i < store->locations.count; i++) {
        const struct store_location *location = &store->locations.items[i];
        if (location->jit_name && !location->is_of_profile)
            return true;
    }
    return false;
}

static bool has_jit_frame(const struct site *site)
{
    struct frames_walk walk = frames_leaf(site->stack_frames, site->stack);
    const struct frame *frame;
    while ((frame = frames_caller(&walk)))
        if (frame->is_jit && frame->is_named)
            return true;
    return false;
}

/* The runtime of a top site whose code has no names. The JVM names its code in any case, but
 * without frame pointers its stacks end before it. */
static struct runtime nameless_runtime(const struct comparison *comparison, const struct site *top)
{
    struct runtime runtime = runtime_of(&top->frame);
    if (top->frame.class != CLASS_RUNTIME || !top->frame.module)
        return (struct runtime){.kind = RUNTIME_NONE};
    const struct store *last = last_of(comparison);
    bool has_names = runtime.kind == RUNTIME_JVM ? has_jit_frame(top) : has_jit_names(last);
    if (has_names)
        runtime.kind = RUNTIME_NONE;
    return runtime;
}

/* The first growing site of blocks, and what the sentence cannot say of it. */
static void describe_top(const struct comparison *comparison, struct verdict_input *input)
{
    for (size_t i = 0; i < comparison->growing_count; i++) {
        const struct site *top = comparison->ranked[i];
        if (claim_of(top) == CLAIM_JS || top->is_managed)
            continue;
        input->nameless = nameless_runtime(comparison, top);
        input->top_advice = shared_advice(top->shared);
        input->names_refused = store_counter(last_of(comparison), FORMAT_CODE_REFUSED) > 0;
        return;
    }
}

void conclude(struct comparison *comparison, bool is_forced)
{
    const struct store_facts *first = &first_of(comparison)->facts;
    const struct store_facts *last = &last_of(comparison)->facts;
    comparison->obstacle = find_obstacle(comparison, is_forced);
    comparison->growth =
        parts_growth(&comparison->parts[0], &comparison->parts[comparison->count - 1]);
    struct verdict_input input = {.growth = comparison->growth,
                                  .rss_first = first->rss_bytes,
                                  .rss_last = last->rss_bytes,
                                  .noise_bytes = comparison->noise_bytes,
                                  .is_series = comparison->count > 2,
                                  .threads_first = first->threads,
                                  .threads_last = last->threads,
                                  .managed_heap = find_managed_heap(comparison),
                                  .nursery_growth = nursery_growth(comparison),
                                  .scratch_growth = scratch_growth(comparison),
                                  .allocator = describe_allocator(comparison),
                                  .not_measurable = comparison->obstacle};
    for (int i = 0; i < PART_COUNT && input.is_series; i++)
        input.has_stopped[i] = has_stopped(comparison, (enum part)i);
    add_claims(comparison, &input);
    if (input.claims[CLAIM_JS].name)
        input.managed_heap = RUNTIME_V8;
    add_flight(comparison, &input);
    add_collected(comparison, &input);
    describe_top(comparison, &input);
    comparison->verdict = verdict_reach(&input);
}
