/* calltree.c -- The stacks of a comparison as one tree, from main down or from the leaves up.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include "compare/calltree.h"

#include "base/text.h"
#include "frames/frame_name.h"
#include "frames/site_frame.h"

#include <stdlib.h>
#include <string.h>

struct builder {
    struct calltree *tree;
    struct map children; /* parent and name → node */
    struct map names;    /* name → index in texts, so that a name is one number */
    VEC(const char *) texts;
    VEC(size_t) path; /* names of one stack, leaf first */
};

static size_t intern(struct builder *builder, const char *name)
{
    bool is_new;
    size_t *slot = map_add(&builder->names, name, strlen(name), &is_new);
    if (is_new) {
        *slot = builder->texts.count;
        VEC_ADD(&builder->texts, pool_text(builder->tree->pool, name));
    }
    return *slot;
}

/* Above a site in a dependency, other dependencies say more than nothing. */
static bool is_shown_above(const struct site *site, const struct frame *frame)
{
    return frame->class == CLASS_OWN ||
           (frame->class == CLASS_DEPENDENCY && site->frame.class == CLASS_DEPENDENCY);
}

/* The frames of a stack that matter; frames that repeat (recursion) are one. */
static void read_path(struct builder *builder, const struct site_member *member,
                      const struct site *site, bool all_frames)
{
    struct frames_walk walk = frames_leaf(member->frames, member->stack);
    const struct frame *frame;
    bool above_site = false;
    builder->path.count = 0;
    if (site->is_managed && strcmp(site->frame.function, RUNTIME_V8_HEAP) == 0)
        walk.node = STORE_NONE; /* one box: why V8 took a page is nothing to follow */
    while ((frame = frames_caller(&walk)) != NULL) {
        bool is_site = !above_site && site_frame_is(frame, &site->frame);
        above_site |= is_site;
        if (!all_frames && !is_site && (!above_site || !is_shown_above(site, frame)))
            continue;
        struct text name = {0};
        frame_name(frame, NULL, &name);
        size_t number = intern(builder, name.bytes);
        text_done(&name);
        size_t count = builder->path.count;
        if (count == 0 || builder->path.items[count - 1] != number)
            VEC_ADD(&builder->path, number);
    }
    if (builder->path.count == 0)
        VEC_ADD(&builder->path, intern(builder, site->frame.function));
}

static uint32_t find_child(struct builder *builder, uint32_t parent, size_t name)
{
    const size_t key[2] = {parent, name};
    bool is_new;
    size_t *slot = map_add(&builder->children, key, sizeof key, &is_new);
    if (is_new) {
        struct calltree_node node = {.name = builder->texts.items[name],
                                     .parent = parent,
                                     .child = STORE_NONE,
                                     .next = STORE_NONE};
        *slot = builder->tree->nodes.count;
        VEC_ADD(&builder->tree->nodes, node);
    }
    return (uint32_t)*slot;
}

static void add_value(struct calltree *tree, uint32_t node, int64_t value)
{
    tree->nodes.items[node].value = store_sum(tree->nodes.items[node].value, value);
}

static void calltree_add_stack(struct builder *builder, int64_t value, const char *group,
                               bool is_bottom_up)
{
    uint32_t node = 0;
    size_t count = builder->path.count;
    add_value(builder->tree, node, value);
    if (group) {
        node = find_child(builder, node, intern(builder, group));
        add_value(builder->tree, node, value);
    }
    for (size_t i = 0; i < count; i++) {
        node = find_child(builder, node, builder->path.items[is_bottom_up ? i : count - 1 - i]);
        add_value(builder->tree, node, value);
    }
}

struct order {
    const struct calltree *tree;
};

static int by_value(const void *a, const void *b, void *context)
{
    const struct calltree_node *nodes = ((const struct order *)context)->tree->nodes.items;
    const struct calltree_node *x = &nodes[*(const uint32_t *)a], *y = &nodes[*(const uint32_t *)b];
    if (x->parent != y->parent)
        return x->parent < y->parent ? -1 : 1;
    if (x->value != y->value)
        return x->value > y->value ? -1 : 1;
    return strcmp(x->name, y->name);
}

/* Sorts all nodes by parent and value; each run of one parent becomes its list of children. */
static void link_children(struct calltree *tree)
{
    size_t count = tree->nodes.count - 1;
    uint32_t *sorted = memory_zeroed(count, sizeof *sorted);
    struct order order = {tree};
    for (size_t i = 0; i < count; i++)
        sorted[i] = (uint32_t)i + 1;
    if (count > 0)
        qsort_r(sorted, count, sizeof *sorted, by_value, &order);
    for (size_t i = count; i-- > 0;) {
        struct calltree_node *node = &tree->nodes.items[sorted[i]];
        struct calltree_node *parent = &tree->nodes.items[node->parent];
        node->next = parent->child;
        parent->child = sorted[i];
    }
    free(sorted);
}

struct how {
    const struct listing_options *options;
    bool is_bottom_up, all_frames;
};

/* GROUP: a name that the stack stands below; NULL: none. */
static void add_member(struct builder *builder, const struct comparison *comparison,
                       const struct site_member *member, const char *group, const struct how *how)
{
    int64_t value = listing_value(comparison, member, how->options->what);
    if (value == 0 || !listing_passes(how->options->filter, member))
        return;
    read_path(builder, member, &comparison->table.sites.items[member->site], how->all_frames);
    calltree_add_stack(builder, value, group, how->is_bottom_up);
}

static void add_groups(struct builder *builder, const struct comparison *comparison,
                       const struct how *how)
{
    struct groups *groups =
        groups_new(comparison, how->options->by == BY_LABELS ? GROUPS_LABELS : GROUPS_THREADS);
    for (size_t i = 0; i < groups->shares.count; i++) {
        const struct groups_share *share = &groups->shares.items[i];
        struct text name = {0};
        text_add_clean(&name, groups->names.items[share->group], true);
        add_member(builder, comparison, &share->member, name.bytes, how);
        text_done(&name);
    }
    groups_free(groups);
}

struct calltree *calltree_new(const struct comparison *comparison,
                              const struct listing_options *options, bool is_bottom_up,
                              bool all_frames)
{
    struct calltree *tree = memory_zeroed(1, sizeof *tree);
    struct builder builder = {.tree = tree};
    const struct how how = {options, is_bottom_up, all_frames};
    const struct site_table *table = &comparison->table;
    const struct calltree_node root = {
        .name = "all", .parent = STORE_NONE, .child = STORE_NONE, .next = STORE_NONE};
    tree->pool = pool_new();
    VEC_ADD(&tree->nodes, root);
    if (listing_is_of_groups(options->by))
        add_groups(&builder, comparison, &how);
    for (size_t i = 0; i < table->members.count && !listing_is_of_groups(options->by); i++)
        add_member(&builder, comparison, &table->members.items[i], NULL, &how);
    link_children(tree);
    map_done(&builder.children);
    map_done(&builder.names);
    VEC_DONE(&builder.texts);
    VEC_DONE(&builder.path);
    return tree;
}

void calltree_free(struct calltree *tree)
{
    if (!tree)
        return;
    VEC_DONE(&tree->nodes);
    pool_free(tree->pool);
    free(tree);
}
