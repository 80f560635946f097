/* set.c -- The snapshots that are exported together: one call tree, one table of classes.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include "export/set.h"

#include "base/text.h"
#include "frames/frame_name.h"
#include "frames/site_frame.h"
#include "sites/inlined_jit.h"
#include "symbols/symbols.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

static uint32_t find_class(struct set *set, const char *name)
{
    bool is_new;
    size_t *slot = map_add(&set->class_index, name, strlen(name), &is_new);
    if (is_new) {
        *slot = set->class_names.count;
        VEC_ADD(&set->class_names, pool_text(set->tree.texts, name));
    }
    return (uint32_t)*slot;
}

/* DevTools counts what is named like this as typed arrays. */
static const char *kind_name(enum block_kind kind)
{
    static const char *const names[] = FORMAT_KIND_NAMES;
    return kind == KIND_BUFFER ? "system / JSArrayBufferData" : names[kind];
}

static const char *module_name(const struct frame *frame)
{
    const char *path = frame->module ? frame->module : frame->is_jit ? frame->file : NULL;
    return path ? text_base_name(path) : "(unknown module)";
}

/* The name of a site is the one that heapdiff compare prints. */
static uint32_t class_of(struct set *set, struct frames *frames, const struct store_stack *stack,
                         enum class_by by)
{
    struct text name = {0}, clean = {0};
    struct frame frame = {0};
    if (by != CLASS_BY_KIND)
        frame = site_frame(frames, stack);
    if (by == CLASS_BY_SITE)
        frame_name(&frame, NULL, &name);
    else
        text_add_clean(&name, by == CLASS_BY_KIND ? kind_name(stack->kind) : module_name(&frame),
                       true);
    tree_safe_name(name.bytes, &clean);
    uint32_t class = find_class(set, clean.bytes);
    text_done(&name);
    text_done(&clean);
    return class;
}

bool set_add_label(const struct store *store, const struct store_stack *stack, struct text *out)
{
    if (stack->label == STORE_NONE)
        return false;
    text_add_clean(out, store->labels.items[stack->label], true);
    return true;
}

bool set_add_thread(const struct store *store, const struct store_stack *stack, struct text *out)
{
    if (stack->thread == STORE_NONE)
        return false;
    const struct store_thread *thread = &store->threads.items[stack->thread];
    text_add_clean(out, thread->name, true);
    text_format(out, " #%" PRId64, thread->number);
    return true;
}

/* The name of the frame below the root, by stack; NULL for none. free() the array. */
static const char **name_roots(struct set *set, const struct store *store, enum root_by by)
{
    if (by == ROOT_BY_NOTHING)
        return NULL;
    const char **roots = memory_zeroed(store->stacks.count + 1, sizeof *roots);
    for (size_t i = 0; i < store->stacks.count; i++) {
        const struct store_stack *stack = &store->stacks.items[i];
        struct text name = {0};
        bool is_label = by == ROOT_BY_LABEL;
        bool has =
            is_label ? set_add_label(store, stack, &name) : set_add_thread(store, stack, &name);
        if (!has)
            text_add(&name, is_label && store->has_tags ? "(no label)" : "(not recorded)");
        roots[i] = pool_text(set->tree.texts, name.bytes);
        text_done(&name);
    }
    return roots;
}

static bool has_roots(const struct set *set, enum root_by by, struct error *error)
{
    bool has = by == ROOT_BY_NOTHING;
    for (size_t i = 0; i < set->count && !has; i++) {
        const struct store *store = set->snapshots[i].store;
        has = by == ROOT_BY_LABEL ? store->labels.count > 0 : store->threads.count > 0;
    }
    if (!has)
        error_set(error,
                  by == ROOT_BY_LABEL ? "a program sets labels with heapdiff_label"
                                      : "HEAPDIFF_THREADS=1 records them",
                  "no %s was recorded", by == ROOT_BY_LABEL ? "label" : "thread");
    return has;
}

/* As heapdiff compare would learn them from the same snapshots. */
static void set_learn(struct set *set)
{
    if (set->count < 2)
        return;
    struct wrappers_end first = {0, set->snapshots[0].store, set->snapshots[0].frames};
    struct wrappers_end last = {1, set->snapshots[set->count - 1].store,
                                set->snapshots[set->count - 1].frames};
    struct site_table table;
    site_table_init(&table, 2);
    if (store_is_same_process(first.store, last.store))
        table.old_epoch = first.store->facts.epoch;
    site_table_add(&table, last.index, last.store, last.frames);
    site_table_add(&table, first.index, first.store, first.frames);
    wrappers_learn(&table, &first, &last, &set->wrappers);
    inlined_jit_learn(&table, &first, &last, &set->sites);
    site_table_done(&table);
    for (size_t i = 1; i + 1 < set->count; i++) {
        frames_set_wrappers(set->snapshots[i].frames, &set->wrappers);
        frames_set_sites(set->snapshots[i].frames, &set->sites);
    }
}

static bool *find_heap(const struct set_snapshot *snapshot)
{
    size_t count = snapshot->store->stacks.count;
    bool *is_heap = memory_zeroed(count + 1, sizeof *is_heap);
    for (size_t i = 0; i < count; i++)
        is_heap[i] = site_frame_is_managed(snapshot->frames, &snapshot->store->stacks.items[i]);
    return is_heap;
}

static void add_snapshot(struct set *set, size_t index, const struct set_options *options)
{
    struct set_snapshot *snapshot = &set->snapshots[index];
    const struct store *store = snapshot->store;
    const char **roots = name_roots(set, store, options->root_by);
    snapshot->leaves =
        tree_add(&set->tree, store, snapshot->frames, roots, options->stacks, options->with_freed);
    free(roots);
    snapshot->classes = memory_zeroed(store->stacks.count + 1, sizeof *snapshot->classes);
    for (size_t i = 0; i < store->stacks.count; i++) {
        const struct store_stack *stack = &store->stacks.items[i];
        if (stack->live_bytes > 0 || stack->live_blocks > 0)
            snapshot->classes[i] = class_of(set, snapshot->frames, stack, options->class_by);
    }
    if (store->has_js)
        snapshot->is_heap = find_heap(snapshot);
    while (snapshot->process < index &&
           !store_is_same_process(set->snapshots[snapshot->process].store, store))
        snapshot->process++;
}

/* Of one process by its own clock, since the wall clock may have been set. */
static bool was_before(const struct store *one, const struct store *other)
{
    if (store_is_same_process(one, other) || store_is_same_process(other, one))
        return one->facts.uptime_ns < other->facts.uptime_ns;
    return one->facts.time_ns < other->facts.time_ns;
}

static bool set_load(struct set *set, const char *const *paths, const struct rules *rules,
                     struct error *error)
{
    for (size_t i = 0; i < set->count; i++) {
        struct store *store = set->snapshots[i].store = store_open(paths[i], error);
        if (!store)
            return false;
        set->snapshots[i].frames = frames_new(store, set->symbols, rules);
        if (i > 0 && was_before(store, set->snapshots[i - 1].store))
            return error_set(error, "name the earlier snapshot first", "%s was taken before %s",
                             store->path, set->snapshots[i - 1].store->path);
    }
    return true;
}

struct set *set_open(const char *const *paths, size_t count, const struct set_options *options,
                     struct error *error)
{
    struct set *set = memory_zeroed(1, sizeof *set);
    set->count = count;
    set->snapshots = memory_zeroed(count, sizeof *set->snapshots);
    set->symbols = symbols_new(options->sources);
    tree_init(&set->tree);
    if (!set_load(set, paths, options->rules, error) || !has_roots(set, options->root_by, error)) {
        set_close(set);
        return NULL;
    }
    set_learn(set);
    for (size_t i = 0; i < count; i++)
        add_snapshot(set, i, options);
    return set;
}

void set_close(struct set *set)
{
    if (!set)
        return;
    for (size_t i = 0; i < set->count; i++) {
        frames_free(set->snapshots[i].frames);
        store_close(set->snapshots[i].store);
        free(set->snapshots[i].leaves);
        free(set->snapshots[i].classes);
        free(set->snapshots[i].is_heap);
    }
    tree_done(&set->tree);
    map_done(&set->class_index);
    map_done(&set->wrappers);
    frames_sites_done(&set->sites);
    VEC_DONE(&set->class_names);
    symbols_free(set->symbols);
    free(set->snapshots);
    free(set);
}
