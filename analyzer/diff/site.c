/* site.c -- Folds the stacks of all snapshots into sites.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include "diff/site.h"

#include "base/text.h"

#include <stdlib.h>
#include <string.h>

void site_table_init(struct site_table *table, size_t snapshots)
{
    *table = (struct site_table){.count = snapshots, .pool = pool_new()};
}

void site_table_done(struct site_table *table)
{
    VEC_DONE(&table->sites);
    VEC_DONE(&table->members);
    map_done(&table->site_index);
    map_done(&table->member_index);
    pool_free(table->pool);
}

/* The user's own frame; else the first that is not there to allocate for others; else the leaf. Of
 * a managed heap's stack, the frame that says so: whoever runs when the heap must grow is innocent.
 */
static struct frame find_frame(struct frames *frames, const struct store_stack *stack, bool managed)
{
    struct frames_walk walk = frames_leaf(frames, stack);
    const struct frame *leaf = NULL, *second = NULL, *frame;
    while ((frame = frames_caller(&walk)) != NULL) {
        if (managed ? frame->managed_heap > 0 : frame->class == CLASS_OWN)
            break;
        leaf = leaf ? leaf : frame;
        second = second || frame->class != CLASS_RUNTIME ? second : frame;
    }
    if (!frame)
        frame = second ? second : leaf;
    return frame ? *frame : (struct frame){.function = "(no stack)"};
}

/* What makes two stacks one site. Native code: function and line of the call; without a line,
 * the function in its module. JIT code: where the function is defined. */
static void make_key(struct text *key, enum block_kind kind, bool managed,
                     const struct frame *frame)
{
    text_format(key, "%d|%d|%s|", (int)kind, managed, frame->function);
    if (frame->file)
        text_format(key, "%s|%d", frame->file, frame->line);
    if (frame->is_jit)
        text_format(key, "|%d", frame->column);
    else if (!frame->file && frame->module)
        text_format(key, "%s", text_base_name(frame->module));
}

static size_t add_site(struct site_table *table, const struct store_stack *stack, bool managed,
                       const struct frame *frame)
{
    struct text key = {0};
    bool is_new;
    make_key(&key, stack->kind, managed, frame);
    size_t *slot = map_add(&table->site_index, key.bytes, key.length, &is_new);
    text_done(&key);
    if (is_new) {
        int64_t *numbers = pool_zeroed(table->pool, 4 * table->count * sizeof *numbers);
        struct site site = {.kind = stack->kind,
                            .is_managed = managed,
                            .frame = *frame,
                            .live_bytes = numbers,
                            .live_blocks = numbers + table->count,
                            .allocations = numbers + 2 * table->count,
                            .allocated_bytes = numbers + 3 * table->count,
                            .survivors = -1};
        *slot = table->sites.count;
        VEC_ADD(&table->sites, site);
    }
    return *slot;
}

bool site_is_managed(struct frames *frames, const struct store_stack *stack)
{
    struct frames_walk walk = frames_leaf(frames, stack);
    const struct frame *frame;
    bool managed = false;
    if (stack->kind != KIND_MMAP)
        return false;
    while ((frame = frames_caller(&walk)) != NULL) {
        if (frame->managed_heap < 0)
            return false;
        managed |= frame->managed_heap > 0;
    }
    return managed;
}

struct frame site_frame(struct frames *frames, const struct store_stack *stack)
{
    return find_frame(frames, stack, site_is_managed(frames, stack));
}

static struct site_member *add_member(struct site_table *table, struct frames *frames,
                                      const struct store_stack *stack)
{
    uint64_t identity = frames_identity(frames, stack);
    bool is_new;
    size_t *slot = map_add(&table->member_index, &identity, sizeof identity, &is_new);
    if (is_new) {
        bool managed = site_is_managed(frames, stack);
        struct frame frame = find_frame(frames, stack, managed);
        struct site_member member = {.site = add_site(table, stack, managed, &frame)};
        *slot = table->members.count;
        VEC_ADD(&table->members, member);
    }
    struct site_member *member = &table->members.items[*slot];
    member->frames = frames;
    member->stack = stack;
    return member;
}

static int64_t survivors_of(const struct store *store, const struct store_stack *stack,
                            int64_t old_epoch)
{
    int64_t bytes = 0;
    for (size_t i = 0; i < stack->age_count; i++) {
        const struct store_age *age = &store->ages.items[stack->first_age + i];
        if (age->epoch <= old_epoch)
            bytes = store_sum(bytes, age->live_bytes);
    }
    return bytes;
}

static void add_numbers(struct site *site, size_t index, const struct store_stack *stack)
{
    site->live_bytes[index] = store_sum(site->live_bytes[index], stack->live_bytes);
    site->live_blocks[index] = store_sum(site->live_blocks[index], stack->live_blocks);
    site->allocations[index] = store_sum(site->allocations[index], stack->allocations);
    site->allocated_bytes[index] = store_sum(site->allocated_bytes[index], stack->allocated_bytes);
}

void site_table_add(struct site_table *table, size_t index, const struct store *store,
                    struct frames *frames, int64_t old_epoch)
{
    bool is_first = index == 0, is_last = index + 1 == table->count;
    for (size_t i = 0; i < store->stacks.count; i++) {
        const struct store_stack *stack = &store->stacks.items[i];
        if (is_first && is_last && stack->live_bytes == 0 && stack->live_blocks == 0)
            continue; /* nothing to show; in a comparison it is churn of its site */
        struct site_member *member = add_member(table, frames, stack);
        struct site *site = &table->sites.items[member->site];
        add_numbers(site, index, stack);
        if (is_first)
            member->first_bytes = store_sum(member->first_bytes, stack->live_bytes);
        if (is_last)
            member->last_bytes = store_sum(member->last_bytes, stack->live_bytes);
        if ((is_first || is_last) && stack->live_variance > 0)
            site->variance += stack->live_variance;
        if (is_last && old_epoch >= 0 && store->ages.count > 0)
            site->survivors = store_sum(site->survivors < 0 ? 0 : site->survivors,
                                        survivors_of(store, stack, old_epoch));
    }
}

static int64_t member_growth(const struct site_member *member)
{
    return store_sum(member->last_bytes, -member->first_bytes);
}

void site_table_finish(struct site_table *table)
{
    size_t *shown = memory_zeroed(table->sites.count, sizeof *shown); /* index + 1 of the member */
    for (size_t i = 0; i < table->members.count; i++) {
        const struct site_member *member = &table->members.items[i];
        size_t best = shown[member->site];
        if (!best || member_growth(member) > member_growth(&table->members.items[best - 1]))
            shown[member->site] = i + 1;
    }
    for (size_t i = 0; i < table->sites.count; i++) {
        struct site *site = &table->sites.items[i];
        const struct site_member *member = &table->members.items[shown[i] - 1];
        size_t last = table->count - 1;
        site->stack_frames = member->frames;
        site->stack = member->stack;
        site->growth_bytes = store_sum(site->live_bytes[last], last ? -site->live_bytes[0] : 0);
        site->growth_blocks = store_sum(site->live_blocks[last], last ? -site->live_blocks[0] : 0);
    }
    free(shown);
}
