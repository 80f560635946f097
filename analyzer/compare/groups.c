/* groups.c -- Stacks by the program's labels or by thread, across two snapshots.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include "compare/groups.h"

#include "frames/frame_name.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

struct builder {
    const struct comparison *comparison;
    struct groups *groups;
    enum groups_by by;
    struct map index;  /* what makes a group → its number */
    struct map shares; /* group and member → index of the share */
};

static size_t find_group(struct builder *builder, const char *key, const char *name)
{
    struct groups *groups = builder->groups;
    bool is_new;
    size_t *slot = map_add(&builder->index, key, strlen(key), &is_new);
    if (is_new) {
        *slot = groups->names.count;
        VEC_ADD(&groups->names, pool_text(groups->pool, name));
    }
    return *slot;
}

/* Keys that are no name of the program begin with '='. */
static size_t named(struct builder *builder, const char *name)
{
    char *key = pool_format(builder->groups->pool, "=%s", name);
    return find_group(builder, key, name);
}

static size_t label_group(struct builder *builder, const struct store *store,
                          const struct store_stack *stack)
{
    if (stack->label != STORE_NONE)
        return named(builder, store->labels.items[stack->label]);
    return store->has_tags ? find_group(builder, "none", "(no label)")
                           : find_group(builder, "unknown", "(not recorded)");
}

/* In one process the number identifies a thread, as its name may change; threads of two processes
 * are matched by name. */
static size_t recorded_thread(struct builder *builder, const struct store *store,
                              const struct store_stack *stack)
{
    struct pool *pool = builder->groups->pool;
    if (stack->thread == STORE_NONE)
        return find_group(builder, "unknown", "(not recorded)");
    const struct store_thread *thread = &store->threads.items[stack->thread];
    if (builder->comparison->count > 1 && !builder->comparison->is_one_process)
        return named(builder, thread->name);
    const char *name = pool_format(pool, "%s #%" PRId64 "%s", thread->name, thread->number,
                                   thread->has_ended ? " (ended)" : "");
    return find_group(builder, pool_format(pool, "#%" PRId64, thread->number), name);
}

/* Python's frames are found through the whole stack, down to the thread's own function; those of
 * other runtimes are callbacks of a loop, of which there are many. */
static bool may_be_routine(const struct frame *frame)
{
    size_t length = frame->file ? strlen(frame->file) : 0;
    bool is_python = length > 3 && strcmp(frame->file + length - 3, ".py") == 0;
    return frame->class == CLASS_OWN && !frame->is_start && (!frame->is_jit || is_python);
}

/* Of the frames that only start programs or threads, those that start a program. */
static bool starts_program(const struct frame *frame)
{
    return frame->is_start &&
           (text_starts(frame->function, "_start") || text_starts(frame->function, "_dl_") ||
            text_starts(frame->function, "__libc_"));
}

/* The function that the thread runs: that of the program's start, else the outermost of its own,
 * else the outermost of all. */
static size_t routine(struct builder *builder, const struct site_member *member)
{
    struct frames_walk walk = frames_leaf(member->frames, member->stack);
    const struct frame *frame, *own = NULL, *any = NULL;
    bool has_begin = false, is_main = false;
    while ((frame = frames_caller(&walk)) != NULL) {
        has_begin |= frame->is_start;
        is_main |= starts_program(frame) || strcmp(frame->function, "main") == 0;
        own = may_be_routine(frame) ? frame : own;
        any = frame->is_start ? any : frame;
    }
    if (is_main)
        return find_group(builder, "main", "main thread");
    if (!any)
        return find_group(builder, "none", has_begin ? "(start of a thread)" : "(no stack)");
    if (member->stack->is_truncated && !has_begin)
        return find_group(builder, "cut", "(stacks that were cut short)");
    struct frame found = own ? *own : *any;
    found.line = 0;
    struct text name = {0};
    frame_name(&found, NULL, &name);
    size_t group = named(builder, name.bytes);
    text_done(&name);
    return group;
}

static size_t group_of(struct builder *builder, const struct store *store,
                       const struct store_stack *stack, const struct site_member *member)
{
    if (builder->by == GROUPS_LABELS)
        return label_group(builder, store, stack);
    return builder->groups->source == GROUPS_ROUTINES ? routine(builder, member)
                                                      : recorded_thread(builder, store, stack);
}

static struct site_member *find_share(struct builder *builder, size_t group, size_t member_index,
                                      const struct store_stack *stack, struct frames *frames)
{
    const struct site_member *whole = &builder->comparison->table.members.items[member_index];
    struct groups *groups = builder->groups;
    size_t key[2] = {group, member_index};
    bool is_new;
    size_t *slot = map_add(&builder->shares, key, sizeof key, &is_new);
    if (is_new) {
        struct groups_share share = {.group = group,
                                     .whole = member_index,
                                     .member = {.site = whole->site,
                                                .identity = whole->identity,
                                                .frames = frames,
                                                .stack = stack}};
        *slot = groups->shares.count;
        VEC_ADD(&groups->shares, share);
    }
    return &groups->shares.items[*slot].member;
}

static int64_t survivors(const struct site_table *table, const struct store *store,
                         const struct store_stack *stack)
{
    int64_t bytes = 0;
    for (size_t i = 0; table->old_epoch >= 0 && i < stack->age_count; i++) {
        const struct store_age *age = &store->ages.items[stack->first_age + i];
        if (age->epoch > table->old_epoch && age->epoch <= table->young_epoch)
            bytes = store_sum(bytes, age->live_bytes);
    }
    return bytes;
}

static void add_snapshot(struct builder *builder, size_t index)
{
    const struct comparison *comparison = builder->comparison;
    const struct site_table *table = &comparison->table;
    const struct store *store = comparison->stores[index];
    struct frames *frames = comparison->frames[index];
    bool is_last = index + 1 == comparison->count;
    for (size_t i = 0; i < store->stacks.count; i++) {
        const struct store_stack *stack = &store->stacks.items[i];
        uint64_t identity = frames_identity(frames, stack);
        const size_t *at = map_find(&table->member_index, &identity, sizeof identity);
        if (!at)
            continue; /* every stack of both ends has one */
        size_t group = group_of(builder, store, stack, &table->members.items[*at]);
        struct site_member *share = find_share(builder, group, *at, stack, frames);
        site_add_numbers(is_last ? &share->last : &share->first, stack);
        if (is_last)
            share->survivors = store_sum(share->survivors, survivors(table, store, stack));
    }
}

static enum groups_source source_of(const struct comparison *comparison, enum groups_by by)
{
    const struct store *first = comparison->stores[0];
    const struct store *last = comparison->stores[comparison->count - 1];
    if (by == GROUPS_LABELS)
        return first->labels.count + last->labels.count > 0 ? GROUPS_RECORDED : GROUPS_MISSING;
    return first->threads.count + last->threads.count > 0 ? GROUPS_RECORDED : GROUPS_ROUTINES;
}

struct groups *groups_new(const struct comparison *comparison, enum groups_by by)
{
    struct groups *groups = memory_zeroed(1, sizeof *groups);
    struct builder builder = {.comparison = comparison, .groups = groups, .by = by};
    groups->pool = pool_new();
    groups->source = source_of(comparison, by);
    add_snapshot(&builder, comparison->count - 1); /* its names hold */
    if (comparison->count > 1)
        add_snapshot(&builder, 0);
    map_done(&builder.index);
    map_done(&builder.shares);
    return groups;
}

void groups_free(struct groups *groups)
{
    if (!groups)
        return;
    VEC_DONE(&groups->names);
    VEC_DONE(&groups->shares);
    pool_free(groups->pool);
    free(groups);
}

const char *groups_hint(const struct groups *groups)
{
    switch (groups->source) {
    case GROUPS_MISSING:
        return "No labels were recorded: a program sets them with heapdiff_label (heapdiff.h).";
    case GROUPS_ROUTINES:
        return "Grouped by what the threads run; HEAPDIFF_THREADS=1 records the thread of a block.";
    case GROUPS_RECORDED:
        break;
    }
    return NULL;
}
