/* tree.c -- The call tree: the stacks of a set of snapshots from the outermost frame to the leaf.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include "export/tree.h"

#include "base/progress.h"
#include "base/utf8.h"
#include "frames/frame_name.h"
#include "frames/site_frame.h"
#include "sites/site.h"

#include <stdlib.h>
#include <string.h>

#define LONGEST_NAME 1024 /* bytes; longer names help no reader, and DevTools limits texts */
#define OUTERMOST    128  /* frames kept at the far end of a stack that is too deep */

static uint32_t add_node(struct tree *tree, uint32_t parent, uint32_t frame)
{
    uint32_t key[2] = {parent, frame};
    bool is_new;
    size_t *slot = map_add(&tree->node_index, key, sizeof key, &is_new);
    if (is_new) {
        uint32_t depth = parent == TREE_ROOT ? 0 : tree->nodes.items[parent].depth + 1;
        struct tree_node node = {.parent = parent, .frame = frame, .depth = depth};
        *slot = tree->nodes.count;
        VEC_ADD(&tree->nodes, node);
    }
    return (uint32_t)*slot;
}

/* Cuts a text that is too long, between two characters. */
static void shorten(struct text *name)
{
    if (name->length <= LONGEST_NAME)
        return;
    name->length = utf8_cut(name->bytes, LONGEST_NAME);
    text_add(name, "\xe2\x80\xa6");
}

void tree_safe_name(const char *name, struct text *out)
{
    static const char lambda[] = "<lambda";
    const char *end = text_starts(name, lambda) ? strchr(name, '>') : NULL;
    if (end) { /* <lambda(int, char)> */
        text_add(out, "\xce\xbb");
        text_add_n(out, name + strlen(lambda), (size_t)(end - name) - strlen(lambda));
        text_add(out, end + 1);
    } else {
        bool would_be_cut = *name == '<' || text_starts(name, "Detached <");
        text_add(out, would_be_cut ? "fn " : "");
        text_add(out, name);
    }
}

static const char *clean_text(struct tree *tree, const char *strange)
{
    struct text clean = {0};
    text_add_clean(&clean, strange, true);
    shorten(&clean);
    const char *kept = pool_text(tree->texts, clean.bytes);
    text_done(&clean);
    return kept;
}

static uint32_t number_script(struct tree *tree, const char *place)
{
    bool is_new;
    if (!*place)
        return 0;
    size_t *slot = map_add(&tree->scripts, place, strlen(place), &is_new);
    if (is_new)
        *slot = tree->scripts.count;
    return (uint32_t)*slot;
}

static struct tree_frame make_frame(struct tree *tree, const struct frame *frame)
{
    struct text name = {0}, safe = {0};
    bool has_place = frame->file && frame->line > 0;
    frame_name(frame, NULL, &name);
    tree_safe_name(name.bytes, &safe);
    shorten(&safe);
    struct tree_frame result = {.name = pool_text(tree->texts, safe.bytes), .place = ""};
    result.function = result.name;
    if (has_place) {
        result.function = clean_text(tree, frame->function);
        result.place = clean_text(tree, frame->file);
        result.script = number_script(tree, result.place);
        result.line = frame->line;
        result.column = frame->column > 0 ? frame->column : 0;
    }
    text_done(&name);
    text_done(&safe);
    return result;
}

/* Without the line of the call a native frame is its function in its module. */
static uint32_t find_frame(struct tree *tree, const struct frame *frame)
{
    struct text key = {0};
    bool is_new;
    text_format(&key, "%d|%d|%d|%s|", frame->line, frame->is_jit ? frame->column : 0,
                frame->is_named, frame->function);
    text_add(&key, frame->file ? frame->file : frame->module ? frame->module : "");
    size_t *slot = map_add(&tree->frame_index, key.bytes, key.length, &is_new);
    text_done(&key);
    if (is_new) {
        struct tree_frame made = make_frame(tree, frame);
        *slot = tree->frames.count;
        VEC_ADD(&tree->frames, made);
    }
    return (uint32_t)*slot;
}

static uint32_t add_made_up(struct tree *tree, const char *name)
{
    struct frame frame = {.function = name};
    return find_frame(tree, &frame);
}

void tree_init(struct tree *tree)
{
    static const char *const names[GROUP_COUNT] = {"(native heap)", "(buffers)", "(mappings)",
                                                   "(JavaScript objects)"};
    *tree = (struct tree){.texts = pool_new()};
    for (int i = 0; i < GROUP_COUNT; i++)
        add_node(tree, TREE_ROOT, add_made_up(tree, names[i]));
}

void tree_done(struct tree *tree)
{
    VEC_DONE(&tree->nodes);
    VEC_DONE(&tree->frames);
    map_done(&tree->node_index);
    map_done(&tree->frame_index);
    map_done(&tree->scripts);
    pool_free(tree->texts);
}

enum tree_group tree_group_of(enum block_kind kind)
{
    if (kind == KIND_BUFFER)
        return GROUP_BUFFERS;
    if (kind == KIND_JS)
        return GROUP_JS;
    return format_kind_is_mapped(kind) ? GROUP_MAPPINGS : GROUP_BLOCKS;
}

/* Adds one path, whose frames are given leaf first. */
static uint32_t add_path(struct tree *tree, uint32_t node, const uint32_t *path, size_t count)
{
    size_t inner = TREE_DEEPEST - OUTERMOST - 1;
    bool is_too_deep = count > TREE_DEEPEST;
    for (size_t i = count; i-- > 0;) {
        if (is_too_deep && i == count - OUTERMOST - 1) {
            node = add_node(tree, node, add_made_up(tree, "(frames left out)"));
            i = inner;
        } else {
            node = add_node(tree, node, path[i]);
        }
    }
    return node;
}

/* The tree's frames of each location, found when they are first needed. */
struct adder {
    struct tree *tree;
    const struct store *store;
    struct frames *frames;
    struct frame_indexes {
        uint32_t *items; /* inlined ones first; NULL: not yet known */
        const struct frame **frames;
        size_t count;
    } * locations;
    struct pool *pool;
    bool from_site;
    VEC(uint32_t) path;
    VEC(const struct frame *) path_frames;
};

static const struct frame_indexes *frames_of(struct adder *adder, uint32_t location)
{
    struct frame_indexes *known = &adder->locations[location];
    if (known->items)
        return known;
    struct frame_list list = frames_at(adder->frames, location);
    known->items = pool_zeroed(adder->pool, list.count * sizeof *known->items);
    known->frames = pool_zeroed(adder->pool, list.count * sizeof(struct frame *));
    for (size_t i = 0; i < list.count; i++) {
        if (list.items[i].class == CLASS_HEAPDIFF)
            continue;
        known->frames[known->count] = &list.items[i];
        known->items[known->count++] = find_frame(adder->tree, &list.items[i]);
    }
    return known;
}

static void collect_path(struct adder *adder, const struct store_stack *stack)
{
    adder->path.count = adder->path_frames.count = 0;
    uint32_t node = stack->node;
    for (int depth = 0; node != STORE_NONE && depth < FRAMES_DEEPEST; depth++) {
        const struct store_node *row = &adder->store->nodes.items[node];
        const struct frame_indexes *frames = frames_of(adder, row->location);
        for (size_t i = 0; i < frames->count; i++) {
            VEC_ADD(&adder->path, frames->items[i]);
            VEC_ADD(&adder->path_frames, frames->frames[i]);
        }
        node = row->parent;
    }
}

/* Leaves the site and those of its callers that are no runtime's: a reader looks for their line,
 * and not for what the allocator did below or the runtime above. */
static void shorten_path(struct adder *adder, const struct store_stack *stack)
{
    struct frame site = site_frame(adder->frames, stack);
    size_t count = adder->path.count, kept = 0, at = 0;
    bool is_heap = site_frame_is_managed(adder->frames, stack); /* why it grew is no matter */
    while (at < count && !site_frame_is(adder->path_frames.items[at], &site))
        at++;
    uint32_t leaf = at < count ? adder->path.items[at] : find_frame(adder->tree, &site);
    size_t next = at < count ? at + 1 : 0; /* a site that is not in the stack lies below it */
    for (; next < count && !is_heap; next++)
        if (adder->path_frames.items[next]->owner != OWNER_RUNTIME)
            adder->path.items[kept++] = adder->path.items[next];
    adder->path.count = kept;
    VEC_ADD(&adder->path, leaf);
    for (size_t i = kept; i > 0; i--) /* the leaf comes first */
        adder->path.items[i] = adder->path.items[i - 1];
    adder->path.items[0] = leaf;
}

static uint32_t tree_add_stack(struct adder *adder, const struct store_stack *stack,
                               const char *root)
{
    collect_path(adder, stack);
    if (adder->from_site && adder->path.count > 0)
        shorten_path(adder, stack);
    if (adder->path.count == 0)
        VEC_ADD(&adder->path, add_made_up(adder->tree, "(no stack)"));
    if (root)
        VEC_ADD(&adder->path, add_made_up(adder->tree, root));
    return add_path(adder->tree, (uint32_t)tree_group_of(stack->kind), adder->path.items,
                    adder->path.count);
}

uint32_t *tree_add(struct tree *tree, const struct store *store, struct frames *frames,
                   const char *const *roots, enum tree_stacks stacks, bool with_freed)
{
    struct adder adder = {.tree = tree,
                          .store = store,
                          .frames = frames,
                          .from_site = stacks == TREE_FROM_SITE,
                          .pool = pool_new()};
    uint32_t *leaves = memory_zeroed(store->stacks.count + 1, sizeof *leaves);
    adder.locations = memory_zeroed(store->locations.count + 1, sizeof *adder.locations);
    for (size_t i = 0; i < store->stacks.count; i++) {
        const struct store_stack *stack = &store->stacks.items[i];
        progress_say("%s: names for %zu of %zu stacks", store->path, i, store->stacks.count);
        if (stack->live_bytes > 0 || stack->live_blocks > 0 || with_freed)
            leaves[i] = tree_add_stack(&adder, stack, roots ? roots[i] : NULL);
    }
    progress_end();
    VEC_DONE(&adder.path);
    VEC_DONE(&adder.path_frames);
    free(adder.locations);
    pool_free(adder.pool);
    return leaves;
}
