/* objects_text.c -- The objects of heap snapshots for people: the verdict, types, what keeps them.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include "print/objects_text.h"

#include "base/units.h"
#include "base/utf8.h"
#include "print/bar.h"

#include <string.h>

#define BAR        10
#define BAR_ROOM   96
#define INDENT     "      "
#define MOST_WAYS  2
#define WAY_SHARE  10 /* a further way is worth a line with one object in so many */
#define MOST_PARTS 8
#define LONGEST    60 /* bytes of a type's name: C++ has long ones */
#define ENDS       9  /* steps of a long way that are shown, with the last one */

static void add_clean(struct text *out, const char *words)
{
    text_add_clean(out, words, true);
}

static void add_type(struct text *out, const char *name)
{
    struct text cut = {0};
    size_t length = strlen(name);
    text_add_n(&cut, name, length > LONGEST ? utf8_cut(name, LONGEST - 3) : length);
    text_add(&cut, length > LONGEST ? "..." : "");
    add_clean(out, cut.bytes);
    text_done(&cut);
}

static void add_place(struct text *out, const char *file, int line)
{
    add_clean(out, text_base_name(file));
    if (line > 0)
        text_format(out, ":%d", line);
}

/* "Map `sessions` in server.js:12: 0 -> 6,000 entries of Session". */
static void add_collection(const struct objects_type *type, struct text *out)
{
    const struct objects_collection *collection = &type->collection;
    add_clean(out, collection->type);
    if (collection->name) {
        text_add(out, " `");
        add_clean(out, collection->name);
        text_add(out, "`");
    }
    if (collection->file) {
        text_add(out, " in ");
        add_place(out, collection->file, collection->line);
    }
    text_format(out, ": %s -> %s entries of ", units_count(collection->before).text,
                units_count(collection->after).text);
    add_clean(out, type->name);
    text_format(out, ", %s\n", units_signed_bytes(type->kept).text);
}

static bool is_index(const struct objects_step *step)
{
    return strcmp(step->edge, "element") == 0 || (step->name[0] >= '0' && step->name[0] <= '9');
}

/* An edge as DevTools writes it, without the number of an index. */
static void add_edge(const struct objects_step *step, struct text *out)
{
    if (is_index(step)) {
        text_add(out, "[]");
        return;
    }
    bool is_inner = strcmp(step->edge, "internal") == 0 || strcmp(step->edge, "hidden") == 0;
    text_add(out, is_inner ? "{" : strcmp(step->edge, "context") == 0 ? "->" : ".");
    add_clean(out, step->name);
    text_add(out, is_inner ? "}" : "");
}

static void add_step(const struct objects_step *step, struct text *out)
{
    if (step->name) {
        text_add(out, " <- ");
        add_edge(step, out);
        text_add(out, " of ");
    }
    add_type(out, step->type);
    if (step->function) {
        text_add(out, " ");
        add_clean(out, step->function);
    }
    if (step->file) {
        text_add(out, " (");
        add_place(out, step->file, step->line);
        text_add(out, ")");
    }
    if (step->repeats > 1)
        text_format(out, " x %s", units_count(step->repeats).text);
}

static void add_way(const struct objects_way *way, struct text *out)
{
    text_format(out, INDENT "%s kept by: ", units_count(way->count).text);
    for (size_t i = 0; i < way->step_count; i++) {
        if (i == ENDS - 1 && way->step_count > ENDS) {
            text_add(out, " <- ...");
            i = way->step_count - 1;
        }
        add_step(&way->steps[i], out);
    }
    text_add(out, "\n");
}

static void add_ways(const struct objects_type *type, struct text *out)
{
    for (size_t i = 0; i < type->ways.count && i < MOST_WAYS; i++) {
        const struct objects_way *way = &type->ways.items[i];
        if (i == 0 || way->count * WAY_SHARE >= type->ways.items[0].count)
            add_way(way, out);
    }
}

/* The types whose objects come and go with those of type NUMBER. */
static void add_parts(const struct objects *objects, size_t number, struct text *out)
{
    size_t count = 0;
    for (size_t i = number + 1; i < objects->growing; i++) {
        const struct objects_type *type = &objects->types.items[i];
        if (type->part_of != number + 1 || ++count > MOST_PARTS)
            continue;
        text_add(out, count > 1 ? ", " : INDENT "each with: ");
        text_format(out, "%s ", units_count(type->added - type->removed).text);
        add_type(out, type->name);
    }
    if (count > MOST_PARTS)
        text_format(out, " and %zu more types", count - MOST_PARTS);
    text_add(out, count > 0 ? "\n" : "");
}

/* ---- Tables -------------------------------------------------------------------------------------
 */

static void add_growing_row(const struct objects *objects, size_t number,
                            const struct objects_text_options *options, struct text *out)
{
    const struct objects_type *type = &objects->types.items[number];
    bool has_bar = options->term.width >= BAR_ROOM;
    size_t last = objects->count - 1;
    text_format(
        out, " %3zu  %11s", number + 1,
        units_signed_bytes(type->is_growing ? type->kept : type->retained[last] - type->retained[0])
            .text);
    if (has_bar && objects->count > 2) {
        text_add(out, "  ");
        bar_add_series(out, type->count, objects->count, BAR);
    }
    text_format(out, "  %9s  %9s  %9s  ", units_signed_count(type->added - type->removed).text,
                units_count(type->added).text, units_count(type->removed).text);
    text_add(out, term_bold(&options->term));
    add_clean(out, type->name);
    text_format(out, "%s\n", term_plain(&options->term));
    if (!type->is_growing)
        return;
    if (type->has_collection) {
        text_add(out, INDENT);
        add_collection(type, out);
    }
    add_ways(type, out);
    add_parts(objects, number, out);
}

static void add_comparison(const struct objects *objects,
                           const struct objects_text_options *options, struct text *out)
{
    size_t count = options->all ? objects->types.count : objects->growing;
    if (count == 0)
        return;
    text_format(out, "%s   #     retained", term_dim(&options->term));
    if (options->term.width >= BAR_ROOM && objects->count > 2)
        text_format(out, "  %-*s", BAR, "objects");
    text_format(out, "  %9s  %9s  %9s  type%s\n", "objects", "new", "deleted",
                term_plain(&options->term));
    int64_t shown = 0, left = 0;
    for (size_t i = 0; i < count; i++) {
        if (objects->types.items[i].part_of > 0 && !options->all)
            continue; /* stands below the type that it is a part of */
        if (shown < options->top)
            add_growing_row(objects, i, options, out);
        left += shown++ >= options->top;
    }
    if (left > 0)
        text_format(out, "%s      and %s more types; -n 0 lists all%s\n", term_dim(&options->term),
                    units_count(left).text, term_plain(&options->term));
}

static void add_summary(const struct objects *objects, const struct objects_text_options *options,
                        struct text *out)
{
    text_format(out, "%s   #     retained      shallow      objects  type%s\n",
                term_dim(&options->term), term_plain(&options->term));
    size_t count = objects->types.count;
    for (size_t i = 0; i < count && (int64_t)i < options->top; i++) {
        const struct objects_type *type = &objects->types.items[i];
        text_format(out, " %3zu  %11s  %11s  %11s  ", i + 1, units_bytes(type->retained[0]).text,
                    units_bytes(type->shallow[0]).text, units_count(type->count[0]).text);
        add_clean(out, type->name);
        text_add(out, "\n");
    }
    if ((int64_t)count > options->top)
        text_format(out, "%s      and %zu more types; -n 0 lists all%s\n", term_dim(&options->term),
                    count - (size_t)options->top, term_plain(&options->term));
}

void objects_text(const struct objects *objects, const struct objects_text_options *options,
                  struct text *out)
{
    struct text table = {0};
    if (options->has_headline) {
        text_add(out, term_bold(&options->term));
        add_clean(out, objects->verdict);
        text_format(out, "%s\n", term_plain(&options->term));
    }
    if (objects->count == 1)
        add_summary(objects, options, &table);
    else
        add_comparison(objects, options, &table);
    if (table.length > 0)
        text_format(out, "\n%s", table.bytes);
    for (size_t i = 0; i < objects->findings.count; i++) {
        text_add(out, i == 0 ? "\n" : "");
        add_clean(out, objects->findings.items[i].text);
        text_add(out, ".\n");
    }
    text_done(&table);
}
