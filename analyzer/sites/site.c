/* site.c -- Folds the stacks of all snapshots into sites.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include "sites/site.h"

#include "base/text.h"
#include "frames/shared.h"
#include "frames/site_frame.h"
#include "judge/runtime.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#define NO_SITE SIZE_MAX

void site_table_init(struct site_table *table, size_t snapshots)
{
    *table = (struct site_table){
        .count = snapshots, .old_epoch = -1, .young_epoch = -1, .pool = pool_new()};
}

void site_table_done(struct site_table *table)
{
    VEC_DONE(&table->sites);
    VEC_DONE(&table->members);
    VEC_DONE(&table->hints);
    map_done(&table->site_index);
    map_done(&table->member_index);
    pool_free(table->pool);
}

void site_table_clear(struct site_table *table)
{
    size_t count = table->count;
    int64_t old_epoch = table->old_epoch, young_epoch = table->young_epoch;
    bool without_js = table->without_js;
    site_table_done(table);
    site_table_init(table, count);
    table->old_epoch = old_epoch;
    table->young_epoch = young_epoch;
    table->without_js = without_js;
}

/* What makes two stacks one site. Native code: function and line of the call; without a line,
 * the function in its module. JIT code: where the function is defined. */
static void make_key(struct text *key, enum block_kind kind, bool managed,
                     const struct frame *frame)
{
    const char *module =
        frame->module && !frame->is_jit && !frame->file ? text_base_name(frame->module) : "";
    const int numbers[] = {(int)kind,
                           managed,
                           frame->is_jit,
                           frame->file != NULL,
                           frame->file ? frame->line : 0,
                           frame->is_jit ? frame->column : 0};
    text_add_n(key, (const char *)numbers, sizeof numbers);
    text_add_n(key, frame->function, strlen(frame->function) + 1);
    text_add(key, frame->file ? frame->file : module);
}

/* All mappings of V8's heap are one site, whatever it was doing: which of its functions needed a
 * page says nothing. */
static void unite_heap(struct frame *frame)
{
    if (runtime_of(frame).kind != RUNTIME_V8)
        return;
    *frame = (struct frame){.function = RUNTIME_V8_HEAP,
                            .class = CLASS_RUNTIME,
                            .owner = OWNER_RUNTIME,
                            .managed_heap = HEAP_MANAGED};
}

static struct frame choose_frame(struct frames *frames, const struct store_stack *stack,
                                 bool *managed)
{
    *managed = site_frame_is_managed(frames, stack);
    enum rules_shared shared = *managed ? SHARED_NONE : shared_of(frames, stack);
    if (shared != SHARED_NONE)
        return shared_frame(shared);
    struct frame frame = site_frame_find(frames, stack, *managed);
    frame.shared = SHARED_NONE; /* it says nothing of this stack */
    if (*managed)
        unite_heap(&frame);
    return frame;
}

/* The index of the site of STACK. With CAN_ADD false, NO_SITE when it is not there yet. */
static size_t find_site(struct site_table *table, struct frames *frames,
                        const struct store_stack *stack, bool can_add)
{
    bool managed, is_new = false;
    struct frame frame = choose_frame(frames, stack, &managed);
    struct text key = {0};
    make_key(&key, stack->kind, managed, &frame);
    size_t *slot = can_add ? map_add(&table->site_index, key.bytes, key.length, &is_new)
                           : map_find(&table->site_index, key.bytes, key.length);
    text_done(&key);
    if (is_new) {
        int64_t *numbers = pool_zeroed(table->pool, 4 * table->count * sizeof *numbers);
        struct site site = {.kind = stack->kind,
                            .is_managed = managed,
                            .shared = frame.shared,
                            .frame = frame,
                            .live_bytes = numbers,
                            .live_blocks = numbers + table->count,
                            .allocations = numbers + 2 * table->count,
                            .allocated_bytes = numbers + 3 * table->count,
                            .old_bytes = -1,
                            .old_blocks = -1,
                            .survivors = -1};
        *slot = table->sites.count;
        VEC_ADD(&table->sites, site);
    }
    return slot ? *slot : NO_SITE;
}

struct frame site_frame(struct frames *frames, const struct store_stack *stack)
{
    bool managed;
    return choose_frame(frames, stack, &managed);
}

void site_place(const struct site *site, struct text *key)
{
    make_key(key, KIND_COUNT, site->is_managed, &site->frame);
}

const char *site_kind_name(const struct site *site)
{
    static const char *const names[] = FORMAT_KIND_NAMES;
    return shared_is_slab(site->shared) ? "pool-slab" : names[site->kind];
}

static struct site_member *look_up_member(struct site_table *table, struct frames *frames,
                                          const struct store_stack *stack, uint64_t identity,
                                          bool can_add)
{
    bool is_new = false;
    size_t *slot = can_add ? map_add(&table->member_index, &identity, sizeof identity, &is_new)
                           : map_find(&table->member_index, &identity, sizeof identity);
    if (!slot)
        return NULL;
    if (is_new) {
        *slot = table->members.count;
        struct site_member member = {.identity = identity};
        VEC_ADD(&table->members, member);
        size_t index = table->members.count - 1;
        size_t site = find_site(table, frames, stack, true);
        table->members.items[index].site = site;
        return &table->members.items[index];
    }
    return &table->members.items[*slot];
}

/* The member of the stack at POSITION in its snapshot; NULL when it belongs to none, as it can in a
 * snapshot between. Snapshots of one process list their stacks in the same order, so the one that
 * was at this place before is tried first. */
static struct site_member *find_member(struct site_table *table, struct frames *frames,
                                       const struct store_stack *stack, size_t position,
                                       bool can_add)
{
    uint64_t identity = frames_identity(frames, stack);
    while (table->hints.count <= position)
        VEC_ADD(&table->hints, 0);
    size_t *hint = &table->hints.items[position];
    if (*hint && table->members.items[*hint - 1].identity == identity)
        return &table->members.items[*hint - 1];
    struct site_member *member = look_up_member(table, frames, stack, identity, can_add);
    *hint = member ? (size_t)(member - table->members.items) + 1 : 0;
    return member;
}

static void add_ages(const struct site_table *table, const struct store *store,
                     const struct store_stack *stack, struct site *site, struct site_member *member)
{
    if (table->old_epoch < 0 || store->ages.count == 0)
        return;
    if (site->old_bytes < 0)
        site->old_bytes = site->old_blocks = 0;
    if (site->survivors < 0 && table->young_epoch >= 0)
        site->survivors = 0;
    for (size_t i = 0; i < stack->age_count; i++) {
        const struct store_age *age = &store->ages.items[stack->first_age + i];
        if (age->epoch <= table->old_epoch) {
            site->old_bytes = store_sum(site->old_bytes, age->live_bytes);
            site->old_blocks = store_sum(site->old_blocks, age->live_blocks);
        } else if (age->epoch <= table->young_epoch) {
            site->survivors = store_sum(site->survivors, age->live_bytes);
            member->survivors = store_sum(member->survivors, age->live_bytes);
        }
    }
}

static void add_numbers(struct site *site, size_t index, size_t count,
                        const struct store_stack *stack)
{
    if (index > 0 || count == 1) { /* garbage of before the first is not of the time in between */
        site->collected_bytes = store_sum(site->collected_bytes, stack->collected_bytes);
        site->collected_blocks = store_sum(site->collected_blocks, stack->collected_blocks);
    }
    site->live_bytes[index] = store_sum(site->live_bytes[index], stack->live_bytes);
    site->live_blocks[index] = store_sum(site->live_blocks[index], stack->live_blocks);
    site->allocations[index] = store_sum(site->allocations[index], stack->allocations);
    site->allocated_bytes[index] = store_sum(site->allocated_bytes[index], stack->allocated_bytes);
}

void site_add_numbers(struct site_numbers *numbers, const struct store_stack *stack)
{
    numbers->live_bytes = store_sum(numbers->live_bytes, stack->live_bytes);
    numbers->live_blocks = store_sum(numbers->live_blocks, stack->live_blocks);
    numbers->allocations = store_sum(numbers->allocations, stack->allocations);
    numbers->allocated_bytes = store_sum(numbers->allocated_bytes, stack->allocated_bytes);
}

static void add_between(struct site_table *table, size_t index, struct frames *frames,
                        const struct store_stack *stack, size_t position)
{
    const struct site_member *member = find_member(table, frames, stack, position, false);
    size_t site = member ? member->site : find_site(table, frames, stack, false);
    if (site != NO_SITE)
        add_numbers(&table->sites.items[site], index, table->count, stack);
}

/* A stack of the first snapshot or the last; the latter's is the one that can be shown. */
static void add_at_end(struct site_table *table, size_t index, const struct store *store,
                       struct frames *frames, const struct store_stack *stack, size_t position)
{
    struct site_member *member = find_member(table, frames, stack, position, true);
    struct site *site = &table->sites.items[member->site];
    double variance = stack->live_variance > 0 ? stack->live_variance : 0;
    add_numbers(site, index, table->count, stack);
    if (!member->stack) {
        member->frames = frames;
        member->stack = stack;
    }
    if (index == 0) {
        site_add_numbers(&member->first, stack);
        site->first_variance += variance;
        site->in_first = true;
    }
    if (index + 1 < table->count)
        return;
    site_add_numbers(&member->last, stack);
    site->last_variance += variance;
    site->in_last = true;
    add_ages(table, store, stack, site, member);
}

void site_table_add(struct site_table *table, size_t index, const struct store *store,
                    struct frames *frames)
{
    bool is_first = index == 0, is_last = index + 1 == table->count;
    for (size_t i = 0; i < store->stacks.count; i++) {
        const struct store_stack *stack = &store->stacks.items[i];
        if (stack->kind == KIND_JS && table->without_js)
            continue;
        if (is_first || is_last)
            add_at_end(table, index, store, frames, stack, i);
        else
            add_between(table, index, frames, stack, i);
    }
}

void site_table_fill_js(struct site_table *table, size_t index)
{
    for (size_t i = 0; i < table->sites.count; i++) {
        struct site *site = &table->sites.items[i];
        if (site->kind != KIND_JS)
            continue;
        site->live_bytes[index] = site->live_bytes[index - 1];
        site->live_blocks[index] = site->live_blocks[index - 1];
    }
}

static int64_t member_growth(const struct site_member *member)
{
    return store_sum(member->last.live_bytes, -member->first.live_bytes);
}

/* Blocks that are alive in both snapshots were sampled once, so their error is no error of the
 * growth: only what came and what went counts. */
static double growth_deviation(const struct site *site, size_t last)
{
    double first = (double)site->live_bytes[0], end = (double)site->live_bytes[last];
    double old = (double)(site->old_bytes > 0 ? site->old_bytes : 0);
    double gone = first > 0 ? fmin(fmax(first - old, 0) / first, 1) : 0;
    double come = end > 0 ? fmin(fmax(end - old, 0) / end, 1) : 0;
    return sqrt(site->first_variance * gone + site->last_variance * come);
}

static void finish_site(struct site_table *table, struct site *site)
{
    size_t last = table->count - 1;
    site->growth_bytes = store_sum(site->live_bytes[last], last ? -site->live_bytes[0] : 0);
    site->growth_blocks = store_sum(site->live_blocks[last], last ? -site->live_blocks[0] : 0);
    site->deviation = growth_deviation(site, last);
}

/* The stack that grew most (of one snapshot: that holds most), but first one that the site's own
 * frame stands in. */
static bool is_better_shown(const struct site_table *table, const struct site_member *member,
                            const struct site_member *best)
{
    bool lacks = frames_known_site(member->frames, member->stack) != NULL;
    bool best_lacks = frames_known_site(best->frames, best->stack) != NULL;
    if (lacks != best_lacks)
        return best_lacks;
    return table->count > 1 ? member_growth(member) > member_growth(best)
                            : member->last.live_bytes > best->last.live_bytes;
}

void site_table_finish(struct site_table *table)
{
    size_t *shown = memory_zeroed(table->sites.count, sizeof *shown); /* index + 1 of the member */
    for (size_t i = 0; i < table->members.count; i++) {
        const struct site_member *member = &table->members.items[i];
        size_t best = shown[member->site];
        if (!best || is_better_shown(table, member, &table->members.items[best - 1]))
            shown[member->site] = i + 1;
    }
    for (size_t i = 0; i < table->sites.count; i++) {
        struct site *site = &table->sites.items[i];
        finish_site(table, site);
        if (site->is_merged)
            continue;
        site->stack_frames = table->members.items[shown[i] - 1].frames;
        site->stack = table->members.items[shown[i] - 1].stack;
    }
    free(shown);
}
