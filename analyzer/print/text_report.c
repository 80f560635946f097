/* text_report.c -- Comparisons and snapshots for people.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include "print/text_report.h"

#include "base/units.h"
#include "base/utf8.h"
#include "compare/names.h"
#include "print/bar.h"
#include "print/objects_text.h"
#include "print/processes_report.h"
#include "print/resources_report.h"
#include "print/text_rows.h"
#include "print/text_tree.h"

#include <stdlib.h>
#include <string.h>
#include <time.h>

#define SMALL_PART     0.01 /* parts below this share are summed up in one line */
#define BAR            24
#define BAR_ROOM       70
#define SMALL_BAR_ROOM 54
#define RANGE_ROOM     60

size_t report_site_count(const struct comparison *comparison, const struct report_options *options)
{
    bool all = options->all_sites || comparison->count == 1;
    size_t count = all ? comparison->site_count : comparison->listed_count;
    while (comparison->count == 1 && count > 0 &&
           comparison->ranked[count - 1]->live_blocks[0] == 0)
        count--; /* what was freed again ranks last */
    return (int64_t)count > options->top ? (size_t)options->top : count;
}

static void add_part(const struct comparison *comparison, const char *name, int64_t bytes,
                     const struct term *term, struct text *out)
{
    int64_t largest = llabs(parts_total(&comparison->growth));
    for (int i = 0; i < PART_COUNT; i++)
        largest = llabs(comparison->growth.bytes[i]) > largest ? llabs(comparison->growth.bytes[i])
                                                               : largest;
    text_format(out, "  %-20s %12s  ", name, units_signed_bytes(bytes).text);
    text_add(out, bytes < 0 ? term_dim(term) : "");
    int width = term->width >= BAR_ROOM ? BAR : term->width >= SMALL_BAR_ROOM ? BAR / 2 : 0;
    struct text bar = {0};
    bar_add(&bar, width ? bytes : 0, largest, width);
    text_add_n(out, bar.bytes, strcspn(bar.bytes, " ")); /* without the blanks */
    text_done(&bar);
    text_format(out, "%s\n", bytes < 0 ? term_plain(term) : "");
}

static void add_parts(const struct comparison *comparison, const struct term *term,
                      struct text *out)
{
    const struct parts *growth = &comparison->growth;
    int64_t sum = 0, small = 0;
    for (int i = 0; i < PART_COUNT; i++)
        sum = store_sum(sum, llabs(growth->bytes[i]));
    for (int i = 0; i < PART_COUNT; i++) {
        int64_t bytes = growth->bytes[i];
        if ((double)llabs(bytes) < SMALL_PART * (double)sum)
            small = store_sum(small, bytes);
        else if (bytes != 0)
            add_part(comparison, names_part(comparison, (enum part)i), bytes, term, out);
    }
    if (small != 0)
        add_part(comparison, "parts below 1 %", small, term, out);
    const struct store *const *stores = (const struct store *const *)comparison->stores;
    size_t last = comparison->count - 1;
    text_format(out, "  %-20s %12s", "RSS", units_signed_bytes(parts_total(growth)).text);
    if (term->width >= RANGE_ROOM)
        text_format(out, "  %s to %s", units_bytes(stores[0]->facts.rss_bytes).text,
                    units_bytes(stores[last]->facts.rss_bytes).text);
    if (term->width >= BAR_ROOM && comparison->x[last] > 0 && !comparison->obstacle)
        text_format(out, " in %s", units_seconds(comparison->x[last]).text);
    text_add(out, "\n");
}

/* Whether a row that is shown stands for objects of the JavaScript heap. */
static bool lists_js(const struct listing *listing, const struct report_options *options)
{
    size_t whole = listing->rows.count, top = (size_t)options->top;
    bool is_of_kinds = listing->options.by == BY_SITES || listing->options.by == BY_KINDS;
    for (size_t i = 0; i < whole && i < top && is_of_kinds; i++)
        if (listing->rows.items[i].kind == KIND_JS)
            return true;
    return false;
}

/* Returns whether rows of kind js are listed. */
static bool add_list(const struct comparison *comparison, const struct report_options *options,
                     struct text *out)
{
    struct listing_options usual = {.what = comparison->count > 1 ? WHAT_GROWTH : WHAT_LIVE,
                                    .sort = comparison->count > 1 ? SORT_SCORE : SORT_VALUE,
                                    .all = options->all_sites};
    const struct listing_options *wanted = options->listing ? options->listing : &usual;
    if (options->tree != TREE_NONE) {
        struct calltree *tree =
            calltree_new(comparison, wanted, options->tree == TREE_BOTTOM_UP, options->all_frames);
        text_tree(tree, wanted->what == WHAT_GROWTH, options, out);
        calltree_free(tree);
        return false;
    }
    struct listing *listing = listing_new(comparison, wanted);
    bool has_js = lists_js(listing, options);
    text_rows(comparison, listing, options, out);
    listing_free(listing);
    return has_js;
}

/* Adds WORDS, broken between words so that no line is wider than the terminal. */
static void add_wrapped(const char *words, const struct term *term, struct text *out)
{
    size_t column = 0;
    for (const char *word = words; *word;) {
        size_t length = strcspn(word, " ");
        struct text piece = {0};
        text_add_n(&piece, word, length);
        size_t columns = utf8_columns(piece.bytes);
        if (column > 0 && column + 1 + columns > (size_t)term->width) {
            text_add(out, "\n");
            column = 0;
        }
        text_add(out, column > 0 ? " " : "");
        column += columns + (column > 0);
        text_add(out, piece.bytes);
        text_done(&piece);
        word += length + strspn(word + length, " ");
    }
    text_add(out, "\n");
}

static void add_sampling(const struct comparison *comparison, bool has_js, struct text *out)
{
    for (size_t i = 0; i < comparison->count; i++) {
        int64_t sample = comparison->stores[i]->facts.sample_bytes;
        if (sample <= 0)
            continue;
        text_format(out, "Sizes are estimated from samples, one every %s on average.\n",
                    units_bytes(sample).text);
        break;
    }
    const struct store *last = comparison->stores[comparison->count - 1];
    double distance = STORE_STATISTIC(&last->runtime, "node", FORMAT_JS_SAMPLE, 0);
    if (has_js && distance > 0)
        text_format(out,
                    "Rows of kind js are estimated from samples, one every %s on average; their "
                    "blocks are samples.\n",
                    units_bytes((int64_t)distance).text);
}

/* Sites that grow, but by less than is worth a row. */
static void add_small(const struct comparison *comparison, const struct report_options *options,
                      struct text *out)
{
    size_t first = comparison->listed_count + comparison->folded_count;
    size_t small = comparison->growing_count - first;
    int64_t bytes = 0;
    for (size_t i = first; i < comparison->growing_count; i++)
        bytes = store_sum(bytes, comparison->ranked[i]->growth_bytes);
    if (small > 0 && !options->listing && !options->all_sites && options->tree == TREE_NONE)
        text_format(out, "%zu smaller site%s grew by %s; --all lists %s.\n", small,
                    small == 1 ? "" : "s together", units_bytes(bytes).text,
                    small == 1 ? "it" : "them");
}

/* Operations given on the command line are not repeated. */
static void add_operations(const struct comparison *comparison, struct text *out)
{
    if (comparison->operations > 0 && comparison->operations_source != OPERATIONS_OPTION)
        text_format(out, "%s operations in between, %s.\n",
                    units_count(comparison->operations).text,
                    operations_source_words(comparison->operations_source));
}

void text_report_comparison(const struct comparison *comparison,
                            const struct report_options *options, struct text *out)
{
    const struct term *term = &options->term;
    struct text sentence = {0}, list = {0};
    text_add_clean(&sentence, comparison->verdict.text.bytes, true);
    text_add(out, term_bold(term));
    if (term->is_terminal)
        add_wrapped(sentence.bytes, term, out);
    else
        text_format(out, "%s\n", sentence.bytes);
    text_add(out, term_plain(term));
    if (comparison->verdict.advice.length > 0)
        add_wrapped(comparison->verdict.advice.bytes, term, out);
    text_add(out, "\n");
    add_parts(comparison, term, out);
    bool has_js = add_list(comparison, options, &list);
    if (list.length > 0)
        text_format(out, "\n%s", list.bytes);
    add_small(comparison, options, out);
    if (options->objects) {
        struct objects_text_options objects = {.term = *term,
                                               .top = options->objects_top,
                                               .all = options->all_sites,
                                               .has_headline = true};
        text_add(out, "\n");
        objects_text(options->objects, &objects, out);
    }
    processes_report_text(comparison, out);
    resources_report_text(comparison, out);
    add_operations(comparison, out);
    add_sampling(comparison, has_js, out);
    text_done(&sentence);
    text_done(&list);
}

static void add_time(int64_t time_ns, struct text *out)
{
    char words[64];
    struct tm local;
    time_t seconds = time_ns / 1000000000;
    if (localtime_r(&seconds, &local) && strftime(words, sizeof words, "%F %T", &local) > 0)
        text_add(out, words);
}

void text_report_snapshot(const struct comparison *comparison, const struct report_options *options,
                          struct text *out)
{
    const struct store_facts *facts = &comparison->stores[0]->facts;
    text_add(out, term_bold(&options->term));
    text_add_clean(out, facts->program, true);
    text_format(out, " (process %lld)%s", (long long)facts->pid, term_plain(&options->term));
    if (*facts->label) {
        text_add(out, " \"");
        text_add_clean(out, facts->label, true);
        text_add(out, "\"");
    }
    text_add(out, ", ");
    add_time(facts->time_ns, out);
    text_format(out, ": %s live in %s blocks, RSS %s\n\n", units_bytes(facts->live_bytes).text,
                units_count(facts->live_blocks).text, units_bytes(facts->rss_bytes).text);
    add_sampling(comparison, add_list(comparison, options, out), out);
}
