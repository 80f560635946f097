/* conclude.c -- From the facts of a comparison to its verdict.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include "compare/conclude.h"

#include "frames/frame_name.h"
#include "frames/site_frame.h"
#include "judge/trend.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

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

/* Whether a part that grew does not go on growing. */
static bool has_stopped(const struct comparison *comparison, enum part part)
{
    double *y = memory_zeroed(comparison->count, sizeof *y);
    for (size_t i = 0; i < comparison->count; i++)
        y[i] = (double)comparison->parts[i].bytes[part];
    struct trend trend = trend_of(comparison->x, y, comparison->count);
    free(y);
    return trend_has_stopped(&trend) || trend_is_zigzag(&trend);
}

static bool is_block(const struct site *site)
{
    return format_kind_is_block(site->kind);
}

static void add_growing(const struct comparison *comparison, struct verdict_input *input)
{
    double squares = 0;
    for (size_t i = 0; i < comparison->growing_count; i++) {
        const struct site *site = comparison->ranked[i];
        if (is_block(site)) {
            input->growing_bytes = store_sum(input->growing_bytes, site->growth_bytes);
            squares += site->rank.noise * site->rank.noise;
        }
        if (site->kind == KIND_BUFFER)
            input->growing_buffers = store_sum(input->growing_buffers, site->growth_bytes);
    }
    input->growing_noise = (int64_t)fmin(sqrt(squares), (double)STORE_LIMIT);
    input->growth_blocks =
        store_sum(last_of(comparison)->facts.live_blocks, -first_of(comparison)->facts.live_blocks);
}

/* V8 grows its young generation while the program allocates much, and shrinks it when the program
 * is idle. */
static int64_t nursery_size(const struct store *store)
{
    int64_t sum = 0;
    for (size_t i = 0; i < store->runtime.count; i++) /* one of each isolate */
        if (strcmp(store->runtime.items[i].name, "new_space_committed") == 0)
            sum = store_sum(sum, (int64_t)store->runtime.items[i].value);
    return sum;
}

static int64_t nursery_growth(const struct comparison *comparison)
{
    int64_t first = nursery_size(first_of(comparison)), last = nursery_size(last_of(comparison));
    return first > 0 && last > first ? last - first : 0;
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

/* The runtime of a top site whose code has no names. The JVM names its code in any case, but
 * without frame pointers its stacks end before it. */
static struct runtime nameless_runtime(const struct comparison *comparison, const struct site *top)
{
    struct runtime runtime = runtime_of(&top->frame);
    if (top->frame.class != CLASS_RUNTIME || !top->frame.module)
        return (struct runtime){.kind = RUNTIME_NONE};
    const struct store *last = last_of(comparison);
    bool has_names = runtime.kind == RUNTIME_JVM
                         ? strstr(last->facts.command_line, "+PreserveFramePointer") != NULL
                         : has_jit_names(last);
    if (has_names)
        runtime.kind = RUNTIME_NONE;
    return runtime;
}

/* The growing site that ranks first, of those that are JavaScript's objects or of the others. */
static const struct site *find_top(const struct comparison *comparison, bool is_js)
{
    for (size_t i = 0; i < comparison->growing_count; i++) {
        if ((comparison->ranked[i]->kind == KIND_JS) == is_js)
            return comparison->ranked[i];
    }
    return NULL;
}

static void describe_js(const struct comparison *comparison, struct verdict_input *input,
                        struct text *name)
{
    const struct site *top = find_top(comparison, true);
    double squares = 0;
    for (size_t i = 0; i < comparison->growing_count; i++) {
        const struct site *site = comparison->ranked[i];
        if (site->kind != KIND_JS)
            continue;
        input->js_growth = store_sum(input->js_growth, site->growth_bytes);
        squares += site->rank.noise * site->rank.noise;
    }
    input->js_noise = (int64_t)fmin(sqrt(squares), (double)STORE_LIMIT);
    if (!top)
        return;
    frame_name(&top->frame, NULL, name);
    input->js_name = name->bytes;
    input->managed_heap = RUNTIME_V8;
    input->js_top_growth = top->growth_bytes;
    input->js_evidence = top->rank.evidence;
}

static void describe_top(const struct comparison *comparison, struct verdict_input *input,
                         struct text *name)
{
    const struct site *top = find_top(comparison, false);
    if (!top)
        return;
    const struct frame *way = site_frame_way(top->stack_frames, top->stack, &top->frame);
    if (way) {
        frame_name_way(way, name);
        text_add(name, ", called by ");
    }
    frame_name(&top->frame, NULL, name);
    input->top_name = name->bytes;
    input->top_growth = top->growth_bytes;
    input->top_evidence = top->rank.evidence;
    input->top_is_buffer = top->kind == KIND_BUFFER;
    input->top_is_mapping = !is_block(top);
    input->nameless = nameless_runtime(comparison, top);
    input->names_refused = store_counter(last_of(comparison), FORMAT_CODE_REFUSED) > 0;
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
                                  .allocator = describe_allocator(comparison),
                                  .not_measurable = comparison->obstacle};
    for (int i = 0; i < PART_COUNT && input.is_series; i++)
        input.has_stopped[i] = has_stopped(comparison, (enum part)i);
    struct text name = {0}, js_name = {0};
    add_growing(comparison, &input);
    describe_top(comparison, &input, &name);
    describe_js(comparison, &input, &js_name);
    comparison->verdict = verdict_reach(&input);
    text_done(&name);
    text_done(&js_name);
}
