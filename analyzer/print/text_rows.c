/* text_rows.c -- A listing as a table for people.
 *
 * The number that the user asked for comes first, the name last, as it may be long. Between them
 * stand as many columns as fit: on 80 columns blocks and kind, on 100 a bar and live bytes, on 120
 * the trend.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include "print/text_rows.h"

#include "base/units.h"
#include "base/utf8.h"
#include "compare/folding.h"
#include "compare/names.h"
#include "compare/origin.h"
#include "frames/frame_name.h"
#include "print/bar.h"
#include "print/text_stack.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define BAR_ROOM   96
#define TREND_ROOM 108
#define BAR        8
#define TREND      10
#define KIND       7
#define INDENT     "      "

/* What the columns of this table are. */
struct table {
    const struct comparison *comparison;
    const struct listing *listing;
    const struct term *term;
    bool has_bar, has_live, has_trend, has_kind;
    int kind_width;
    int64_t largest; /* of the number asked for */
};

static enum listing_what what_of(const struct table *table)
{
    return table->listing->options.what;
}

static const char *title(enum listing_what what)
{
    static const char *const titles[] = {"growth", "live", "survivors", "temporary", "allocated"};
    return titles[what];
}

static struct table describe(const struct comparison *comparison, const struct listing *listing,
                             const struct report_options *options, size_t count)
{
    struct table table = {.comparison = comparison, .listing = listing, .term = &options->term};
    enum listing_what what = listing->options.what;
    int width = options->term.width;
    table.kind_width = KIND;
    for (size_t i = 0; i < count; i++) {
        const struct site *site = listing->rows.items[i].site;
        int kind = site ? (int)strlen(names_kind(site)) : 0;
        table.kind_width = kind > table.kind_width ? kind : table.kind_width;
        int64_t value = llabs(listing->rows.items[i].values[what]);
        table.largest = value > table.largest ? value : table.largest;
    }
    table.has_bar = width >= BAR_ROOM;
    table.has_live = width >= BAR_ROOM && what != WHAT_LIVE;
    table.has_trend = width >= TREND_ROOM && comparison->count > 1 &&
                      listing->options.by == BY_SITES && what == WHAT_GROWTH;
    table.has_kind = listing->options.by == BY_SITES;
    return table;
}

static void add_headings(const struct table *table, struct text *out)
{
    enum listing_what what = what_of(table);
    text_format(out, "%s %3s  %11s", term_dim(table->term), "#", title(what));
    if (table->has_bar)
        text_format(out, "  %*s", BAR, "");
    if (what != WHAT_SURVIVORS)
        text_format(out, "  %9s", "blocks");
    if (table->has_live)
        text_format(out, "  %10s", "live now");
    if (table->has_trend)
        text_format(out, "  %-*s", TREND, table->comparison->count > 2 ? "live" : "pattern");
    if (table->has_kind)
        text_format(out, "  %-*s", table->kind_width, "kind");
    text_format(out, "  %s%s\n", listing_by_name(table->listing->options.by),
                term_plain(table->term));
}

static void add_trend(const struct table *table, const struct site *site, struct text *out)
{
    text_add(out, "  ");
    if (table->comparison->count > 2)
        bar_add_series(out, site->live_bytes, table->comparison->count, TREND);
    else
        text_format(out, "%-*s", TREND, rank_pattern_name(site->rank.pattern));
}

/* A name that is too long loses its folders; if that is not enough, it gets a line of its own. */
static void add_name(const struct table *table, const struct listing_row *row, size_t start,
                     struct text *out)
{
    const char *directory = table->comparison->stores[0]->facts.directory;
    size_t room = (size_t)table->term->width;
    struct text name = {0};
    if (row->site)
        frame_name(&row->site->frame, directory, &name);
    else
        text_add_clean(&name, row->name, true);
    if (row->site && start + 2 + utf8_columns(name.bytes) > room) {
        text_done(&name);
        frame_name(&row->site->frame, NULL, &name);
    }
    if (start + 2 + utf8_columns(name.bytes) > room) {
        while (out->length > 0 && out->bytes[out->length - 1] == ' ')
            out->bytes[--out->length] = '\0';
        text_add(out, "\n" INDENT);
    } else {
        text_add(out, "  ");
    }
    text_format(out, "%s%s%s\n", term_bold(table->term), name.bytes, term_plain(table->term));
    text_done(&name);
}

static void add_row(const struct table *table, const struct listing_row *row, size_t rank,
                    struct text *out)
{
    enum listing_what what = what_of(table);
    bool is_signed = what == WHAT_GROWTH && table->comparison->count > 1;
    int64_t value = row->values[what], blocks = row->blocks[what];
    struct text line = {0};
    text_format(&line, " %3zu  ", rank);
    size_t escapes = 0, begin = line.length;
    text_add(&line, is_signed && value > 0 ? term_red(table->term) : "");
    escapes += line.length - begin;
    text_format(&line, "%11s",
                is_signed ? units_signed_bytes(value).text : units_bytes(value).text);
    if (table->has_bar) {
        text_add(&line, "  ");
        bar_add(&line, value, table->largest, BAR);
    }
    if (is_signed && value > 0) {
        text_add(&line, term_plain(table->term));
        escapes += strlen(term_plain(table->term));
    }
    if (what != WHAT_SURVIVORS)
        text_format(&line, "  %9s",
                    is_signed ? units_signed_count(blocks).text : units_count(blocks).text);
    if (table->has_live)
        text_format(&line, "  %10s", units_bytes(row->values[WHAT_LIVE]).text);
    if (table->has_trend)
        add_trend(table, row->site, &line);
    if (table->has_kind)
        text_format(&line, "  %-*s", table->kind_width, names_kind(row->site));
    add_name(table, row, utf8_columns(line.bytes) - escapes, &line);
    text_add(out, line.bytes);
    text_done(&line);
}

/* Other kinds of blocks of the same place: "and +250.6 KiB of malloc in 6,015 blocks". */
static void add_folded(const struct table *table, const struct site *leader, struct text *out)
{
    const struct site *site = NULL;
    if (table->listing->options.all || what_of(table) != WHAT_GROWTH)
        return;
    while ((site = folding_next(table->comparison, leader, site)) != NULL)
        text_format(out, INDENT "%sand %s of %s in %s blocks%s\n", term_dim(table->term),
                    units_signed_bytes(site->growth_bytes).text, site_kind_name(site),
                    units_signed_count(site->growth_blocks).text, term_plain(table->term));
}

/* On what the memory hangs that no function of the program asked for. */
static void add_origin(const struct table *table, const struct site *site, struct text *out)
{
    const struct site *origin = origin_find(table->comparison, site);
    if (!origin)
        return;
    text_format(out, INDENT "%sfor objects that ", term_dim(table->term));
    frame_name(&origin->frame, NULL, out);
    text_format(out, " made%s\n", term_plain(table->term));
}

static void add_details(const struct table *table, const struct listing_row *row,
                        const struct report_options *options, struct text *out)
{
    double one = comparison_per_operation(table->comparison, row->site);
    add_folded(table, row->site, out);
    add_origin(table, row->site, out);
    if (one != 0)
        text_format(out, INDENT "%s%.1f bytes per operation%s\n", term_dim(table->term), one,
                    term_plain(table->term));
    if (options->all_frames)
        text_stack_all(row->site, table->comparison->stores[0]->facts.directory, &options->term,
                       out);
    else
        text_stack_callers(row->site, &options->term, out);
}

void text_rows(const struct comparison *comparison, const struct listing *listing,
               const struct report_options *options, struct text *out)
{
    size_t whole = listing->rows.count;
    size_t count = whole < (size_t)options->top ? whole : (size_t)options->top;
    struct table table = describe(comparison, listing, options, count);
    if (count > 0)
        add_headings(&table, out);
    for (size_t i = 0; i < count; i++) {
        add_row(&table, &listing->rows.items[i], i + 1, out);
        if (listing->rows.items[i].site)
            add_details(&table, &listing->rows.items[i], options, out);
    }
    if (whole > count)
        text_format(out, "%s      %zu more: --top %zu%s\n", term_dim(&options->term), whole - count,
                    whole, term_plain(&options->term));
    if (count > 0 && listing->hint)
        text_format(out, "%s%s%s\n", term_dim(&options->term), listing->hint,
                    term_plain(&options->term));
    if (count == 0 && listing->options.filter)
        text_add(out, "No stack matches the filter.\n");
}
