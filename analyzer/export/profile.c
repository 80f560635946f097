/* profile.c -- What a profile is made of: live memory by stack, or what it grew by.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include "export/profile.h"

#include <stdlib.h>

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

/* Adds the numbers of a snapshot's stacks, SIGN times, to the rows of the same stacks. */
static void add_signed(struct profile *profile, struct map *known, size_t snapshot, int sign)
{
    struct frames *frames = profile->set->snapshots[snapshot].frames;
    const struct store *store = profile->set->snapshots[snapshot].store;
    for (uint32_t i = 0; i < store->stacks.count; i++) {
        const struct store_stack *stack = &store->stacks.items[i];
        uint64_t identity = frames_identity(frames, stack);
        bool is_new;
        size_t *slot = map_add(known, &identity, sizeof identity, &is_new);
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

int64_t *profile_values(const struct profile *profile)
{
    size_t count = profile->set->tree.nodes.count;
    int64_t *values = memory_zeroed(count + 1, sizeof *values);
    for (size_t i = 0; i < profile->rows.count; i++) {
        const struct profile_row *row = &profile->rows.items[i];
        uint32_t leaf = profile->set->snapshots[row->snapshot].leaves[row->stack];
        values[leaf] = store_sum(values[leaf], row->bytes);
    }
    for (size_t i = 0; i < count; i++)
        values[i] = values[i] > 0 ? values[i] : 0;
    return values;
}
