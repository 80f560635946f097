/* stacks.c -- All stacks of a comparison as one tree, for flame graphs and for a site's callers.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include "html/stacks.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

struct tree_node {
    int64_t parent, frame; /* parent: -1 for the outermost */
};

struct tree {
    VEC(struct tree_node) nodes;
    struct map index;
    VEC(int64_t) path; /* frames of the stack that is being added, leaf first */
};

struct weighed {
    const struct site_member *member;
    int64_t weight;
};

typedef VEC(struct weighed) weighed_list;

/* The node of the stack's leaf; -1 when it has no frames. */
static int64_t stacks_add_stack(struct tree *tree, const struct site_member *member,
                                const struct site *site, struct words *words)
{
    struct frames_walk walk = frames_leaf(member->frames, member->stack);
    const struct frame *frame;
    tree->path.count = 0;
    if (site->is_managed && strcmp(site->frame.function, RUNTIME_V8_HEAP) == 0) {
        walk.node = STORE_NONE; /* one box: why V8 took a page is nothing to follow */
        VEC_ADD(&tree->path, words_frame(words, &site->frame, true));
    }
    while ((frame = frames_caller(&walk)) != NULL)
        VEC_ADD(&tree->path, words_frame(words, frame, true));
    int64_t node = -1;
    for (size_t i = tree->path.count; i-- > 0;) {
        struct tree_node key = {.parent = node, .frame = tree->path.items[i]};
        bool is_new;
        size_t *number = map_add(&tree->index, &key, sizeof key, &is_new);
        if (is_new) {
            *number = tree->nodes.count;
            VEC_ADD(&tree->nodes, key);
        }
        node = (int64_t)*number;
    }
    return node;
}

static int64_t weight_of(const struct comparison *comparison, const struct site_member *member)
{
    int64_t most = 0;
    for (int what = WHAT_GROWTH; what <= WHAT_TOTAL; what++) {
        int64_t value = listing_value(comparison, member, (enum listing_what)what);
        value = value < 0 ? -value : value;
        most = value > most ? value : most;
    }
    return most;
}

static int by_weight(const void *a, const void *b)
{
    const struct weighed *x = a, *y = b;
    if (x->weight != y->weight)
        return x->weight > y->weight ? -1 : 1;
    return x->member < y->member ? -1 : x->member > y->member;
}

/* *HIDDEN: how many belong to sites that are not on the page. */
static weighed_list stacks_weigh(const struct comparison *comparison, const int64_t *site_index,
                                 size_t *hidden)
{
    weighed_list list = {0};
    *hidden = 0;
    for (size_t i = 0; i < comparison->table.members.count; i++) {
        const struct site_member *member = &comparison->table.members.items[i];
        struct weighed one = {member, weight_of(comparison, member)};
        if (one.weight > 0 && site_index[member->site] >= 0)
            VEC_ADD(&list, one);
        else
            *hidden += one.weight > 0;
    }
    if (list.count > 0)
        qsort(list.items, list.count, sizeof *list.items, by_weight);
    return list;
}

static void write_row(const struct comparison *comparison, const struct site_member *member,
                      int64_t node, int64_t site, struct text *out)
{
    text_format(out, "[%" PRId64 ",%" PRId64, node, site);
    for (int what = WHAT_GROWTH; what <= WHAT_TOTAL; what++)
        text_format(out, ",%" PRId64, listing_value(comparison, member, (enum listing_what)what));
    text_format(out, ",%d]", member->stack->is_truncated);
}

void stacks_write(const struct comparison *comparison, const int64_t *site_index, size_t most,
                  struct words *words, int64_t *rows, struct text *out)
{
    const struct site_member *members = comparison->table.members.items;
    struct tree tree = {0};
    size_t hidden;
    weighed_list list = stacks_weigh(comparison, site_index, &hidden);
    size_t count = list.count < most ? list.count : most;
    for (size_t i = 0; i < comparison->table.members.count; i++)
        rows[i] = -1;
    text_add(out, "\"stacks\":{\"fields\":[\"node\",\"site\",\"growth\",\"live\",\"survivors\","
                  "\"temporary\",\"total\",\"truncated\"],\"rows\":[");
    for (size_t i = 0; i < count; i++) {
        const struct site_member *member = list.items[i].member;
        const struct site *its = &comparison->table.sites.items[member->site];
        int64_t node = stacks_add_stack(&tree, member, its, words);
        rows[member - members] = (int64_t)i;
        text_add(out, i ? "," : "");
        write_row(comparison, member, node, site_index[member->site], out);
    }
    text_format(out, "]},\"stacks_left_out\":%zu,\"nodes\":[", list.count - count + hidden);
    for (size_t i = 0; i < tree.nodes.count; i++) {
        const struct tree_node *node = &tree.nodes.items[i];
        text_format(out, "%s%" PRId64 ",%" PRId64, i ? "," : "", node->parent, node->frame);
    }
    text_add(out, "]");
    VEC_DONE(&list);
    VEC_DONE(&tree.nodes);
    VEC_DONE(&tree.path);
    map_done(&tree.index);
}
