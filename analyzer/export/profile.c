/* profile.c -- What a profile is made of: live memory by stack, or what it grew by.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include "export/profile.h"

#include <stdlib.h>
#include <string.h>

static bool is_live(const struct store_stack *stack)
{
    return stack->live_blocks > 0 || stack->live_bytes > 0;
}

static void add_live(struct profile *profile)
{
    const struct store *store = profile->set->snapshots[profile->index].store;
    for (uint32_t i = 0; i < store->stacks.count; i++) {
        const struct store_stack *stack = &store->stacks.items[i];
        struct profile_row row = {profile->index,     i,
                                  stack->live_blocks, stack->live_bytes,
                                  stack->allocations, stack->allocated_bytes};
        if (is_live(stack))
            VEC_ADD(&profile->rows, row);
    }
}

/* Stacks of other labels and threads are other rows; their values add up below. */
static uint64_t row_key(struct frames *frames, const struct store *store,
                        const struct store_stack *stack)
{
    uint64_t key = frames_identity(frames, stack);
    if (stack->label != STORE_NONE) {
        const char *label = store->labels.items[stack->label];
        key = map_mix(key, map_hash(label, strlen(label)));
    }
    if (stack->thread != STORE_NONE)
        key = map_mix(key, (uint64_t)store->threads.items[stack->thread].number);
    return key;
}

/* Adds the numbers of a snapshot's stacks, SIGN times, to the rows of the same stacks. */
static void add_signed(struct profile *profile, struct map *known, size_t snapshot, int sign)
{
    struct frames *frames = profile->set->snapshots[snapshot].frames;
    const struct store *store = profile->set->snapshots[snapshot].store;
    for (uint32_t i = 0; i < store->stacks.count; i++) {
        const struct store_stack *stack = &store->stacks.items[i];
        uint64_t key = row_key(frames, store, stack);
        bool is_new;
        size_t *slot = map_add(known, &key, sizeof key, &is_new);
        if (is_new) {
            *slot = profile->rows.count;
            VEC_ADD(&profile->rows, ((struct profile_row){.snapshot = snapshot, .stack = i}));
        }
        struct profile_row *row = &profile->rows.items[*slot];
        if (is_live(stack) && row->blocks == 0 && row->bytes == 0) { /* gone from the last one */
            row->snapshot = snapshot;
            row->stack = i;
        }
        row->blocks = store_sum(row->blocks, sign * stack->live_blocks);
        row->bytes = store_sum(row->bytes, sign * stack->live_bytes);
        row->allocations = store_sum(row->allocations, sign * stack->allocations);
        row->allocated_bytes = store_sum(row->allocated_bytes, sign * stack->allocated_bytes);
    }
}

static void drop_unchanged(struct profile *profile)
{
    size_t count = 0;
    for (size_t i = 0; i < profile->rows.count; i++) {
        const struct profile_row *row = &profile->rows.items[i];
        if (row->blocks != 0 || row->bytes != 0)
            profile->rows.items[count++] = *row;
    }
    profile->rows.count = count;
}

void profile_make(struct profile *profile, const struct set *set, size_t index, bool growth)
{
    *profile = (struct profile){.set = set, .index = index, .growth = growth};
    if (!growth) {
        add_live(profile);
        return;
    }
    struct map known = {0};
    profile->index = set->count - 1;
    add_signed(profile, &known, set->count - 1, 1);
    add_signed(profile, &known, 0, -1);
    drop_unchanged(profile);
    map_done(&known);
}

void profile_done(struct profile *profile)
{
    VEC_DONE(&profile->rows);
    *profile = (struct profile){0};
}

/* Scales the growing nodes of each class so that they add up to what the class grew by. */
static void profile_scale(int64_t *values, const uint32_t *classes, const struct set *set)
{
    struct sum {
        int64_t up, net, seen, given;
    } *sums = memory_zeroed(set->class_names.count + 1, sizeof *sums);
    for (size_t i = 0; i < set->tree.nodes.count; i++) {
        struct sum *sum = &sums[classes[i]];
        sum->net = store_sum(sum->net, values[i]);
        sum->up = store_sum(sum->up, values[i] > 0 ? values[i] : 0);
    }
    for (size_t i = 0; i < set->tree.nodes.count; i++) {
        struct sum *sum = &sums[classes[i]];
        if (values[i] <= 0 || sum->net <= 0) {
            values[i] = 0;
            continue;
        }
        sum->seen = store_sum(sum->seen, values[i]);
        int64_t due = (int64_t)((__int128)sum->seen * sum->net / sum->up);
        values[i] = due - sum->given;
        sum->given = due;
    }
    free(sums);
}

int64_t *profile_values(const struct profile *profile, bool without_heap)
{
    size_t count = profile->set->tree.nodes.count;
    int64_t *values = memory_zeroed(count + 1, sizeof *values);
    uint32_t *classes = memory_zeroed(count + 1, sizeof *classes);
    for (size_t i = 0; i < profile->rows.count; i++) {
        const struct profile_row *row = &profile->rows.items[i];
        const struct set_snapshot *snapshot = &profile->set->snapshots[row->snapshot];
        uint32_t leaf = snapshot->leaves[row->stack];
        if (without_heap && snapshot->is_heap && snapshot->is_heap[row->stack])
            continue;
        values[leaf] = store_sum(values[leaf], row->bytes);
        classes[leaf] = snapshot->classes[row->stack];
    }
    if (profile->growth)
        profile_scale(values, classes, profile->set);
    for (size_t i = 0; i < count; i++)
        values[i] = values[i] > 0 ? values[i] : 0;
    free(classes);
    return values;
}
