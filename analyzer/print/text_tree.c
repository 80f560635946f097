/* text_tree.c -- A call tree as indented lines.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include "print/text_tree.h"

#include "base/units.h"
#include "print/bar.h"

#include <stdlib.h>
#include <string.h>

#define SMALL    0.01 /* of the whole */
#define DEEPEST  24   /* levels of indentation; beyond it the tree goes on straight down */
#define BAR_ROOM 96
#define BAR      8

struct printer {
    const struct calltree *tree;
    const struct term *term;
    bool is_signed;
    int64_t whole; /* the largest amount below the root: with signs it may exceed the root's */
    struct text prefix;
    struct text *out;
};

static const struct calltree_node *node_at(const struct printer *printer, uint32_t index)
{
    return &printer->tree->nodes.items[index];
}

static void add_numbers(const struct printer *printer, int64_t value)
{
    double share = printer->whole > 0 ? (double)value / (double)printer->whole : 0;
    text_format(printer->out, "%7.1f%%  %11s  ", 100 * share,
                printer->is_signed ? units_signed_bytes(value).text : units_bytes(value).text);
    if (printer->term->width >= BAR_ROOM) {
        bar_add(printer->out, value, printer->whole, BAR);
        text_add(printer->out, "  ");
    }
}

static void add_line(const struct printer *printer, int64_t value, const char *branch,
                     const char *name)
{
    add_numbers(printer, value);
    text_format(printer->out, "%s%s%s%s%s\n", term_dim(printer->term), printer->prefix.bytes,
                branch, term_plain(printer->term), name);
}

static bool is_small(const struct printer *printer, const struct calltree_node *node)
{
    return (double)llabs(node->value) < SMALL * (double)printer->whole;
}

/* Siblings worth a line each, and what the others sum up to. */
static size_t count_children(const struct printer *printer, uint32_t node, int64_t *rest)
{
    size_t count = 0;
    *rest = 0;
    for (uint32_t i = node_at(printer, node)->child; i != STORE_NONE;
         i = node_at(printer, i)->next) {
        if (is_small(printer, node_at(printer, i)))
            *rest = store_sum(*rest, node_at(printer, i)->value);
        else
            count++;
    }
    return count;
}

static void add_below(struct printer *printer, uint32_t node, int depth);

static void add_child(struct printer *printer, uint32_t child, bool is_last, bool is_chain,
                      int depth)
{
    size_t length = printer->prefix.length;
    const char *branch = is_chain ? "" : is_last ? "\xe2\x94\x94 " : "\xe2\x94\x9c ";
    add_line(printer, node_at(printer, child)->value, branch, node_at(printer, child)->name);
    if (!is_chain && depth < DEEPEST)
        text_add(&printer->prefix, is_last ? "  " : "\xe2\x94\x82 ");
    add_below(printer, child, is_chain ? depth : depth + 1);
    printer->prefix.length = length;
    printer->prefix.bytes[length] = '\0';
}

static void add_below(struct printer *printer, uint32_t node, int depth)
{
    int64_t rest;
    size_t count = count_children(printer, node, &rest), done = 0;
    bool has_rest = rest != 0;
    for (uint32_t i = node_at(printer, node)->child; i != STORE_NONE;
         i = node_at(printer, i)->next) {
        if (is_small(printer, node_at(printer, i)))
            continue;
        bool is_last = ++done == count && !has_rest;
        add_child(printer, i, is_last, count == 1 && !has_rest && node != 0, depth);
    }
    if (has_rest && count > 0)
        add_line(printer, rest, "\xe2\x94\x94 ", "(smaller ones)");
}

void text_tree(const struct calltree *tree, bool is_signed, const struct report_options *options,
               struct text *out)
{
    struct printer printer = {
        .tree = tree, .term = &options->term, .is_signed = is_signed, .out = out};
    printer.whole = llabs(tree->nodes.items[0].value);
    for (uint32_t i = tree->nodes.items[0].child; i != STORE_NONE; i = tree->nodes.items[i].next)
        printer.whole = llabs(tree->nodes.items[i].value) > printer.whole
                            ? llabs(tree->nodes.items[i].value)
                            : printer.whole;
    text_add(&printer.prefix, "");
    if (tree->nodes.count == 1) {
        text_add(out, "There is nothing to show.\n");
    } else {
        add_line(&printer, tree->nodes.items[0].value, "", "all");
        add_below(&printer, 0, 0);
    }
    text_done(&printer.prefix);
}
