/* text_report.c -- Comparisons and snapshots for people.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include "report/text_report.h"

#include "base/units.h"
#include "frames/frame_name.h"
#include "report/text_stack.h"

#include <stdlib.h>
#include <time.h>

#define SMALL_PART 0.01 /* parts below this share are summed up in one line */

size_t report_site_count(const struct comparison *comparison, const struct report_options *options)
{
    size_t count = options->all_sites || comparison->count == 1 ? comparison->site_count
                                                                : comparison->growing_count;
    return (int64_t)count > options->top ? (size_t)options->top : count;
}

static void add_part(struct text *out, const char *name, int64_t bytes)
{
    text_format(out, "  %-20s %12s", name, units_signed_bytes(bytes).text);
}

static void add_parts(const struct comparison *comparison, struct text *out)
{
    const struct parts *growth = &comparison->growth;
    int64_t sum = 0, small = 0;
    for (int i = 0; i < PART_COUNT; i++)
        sum = store_sum(sum, llabs(growth->bytes[i]));
    for (int i = 0; i < PART_COUNT; i++) {
        int64_t bytes = growth->bytes[i];
        if ((double)llabs(bytes) < SMALL_PART * (double)sum) {
            small = store_sum(small, bytes);
            continue;
        }
        if (bytes == 0)
            continue;
        add_part(out, parts_name((enum part)i), bytes);
        text_add(out, "\n");
    }
    if (small != 0) {
        add_part(out, "smaller parts", small);
        text_add(out, "\n");
    }
    const struct store *const *stores = (const struct store *const *)comparison->stores;
    add_part(out, "RSS", parts_total(growth));
    text_format(out, "   %s to %s\n", units_bytes(stores[0]->facts.rss_bytes).text,
                units_bytes(stores[comparison->count - 1]->facts.rss_bytes).text);
}

static const char *kind_name(enum block_kind kind)
{
    static const char *const names[] = FORMAT_KIND_NAMES;
    return names[kind];
}

static void add_site_name(const struct comparison *comparison, const struct site *site,
                          const struct term *term, struct text *out)
{
    text_add(out, term_bold(term));
    frame_name(&site->frame, comparison->stores[0]->facts.directory, out);
    text_add(out, term_plain(term));
    text_add(out, "\n");
}

static void add_growth_line(const struct comparison *comparison, const struct site *site,
                            size_t rank, const struct term *term, struct text *out)
{
    text_format(out, "%2zu  %s%11s%s  %s blocks  %s%s  ", rank,
                site->growth_bytes > 0 ? term_red(term) : "",
                units_signed_bytes(site->growth_bytes).text, term_plain(term),
                units_signed_count(site->growth_blocks).text, kind_name(site->kind),
                site->is_managed ? " (managed heap)" : "");
    add_site_name(comparison, site, term, out);
}

static void add_live_line(const struct comparison *comparison, const struct site *site, size_t rank,
                          const struct term *term, struct text *out)
{
    text_format(out, "%2zu  %11s  %s blocks  %s%s  ", rank, units_bytes(site->live_bytes[0]).text,
                units_count(site->live_blocks[0]).text, kind_name(site->kind),
                site->is_managed ? " (managed heap)" : "");
    add_site_name(comparison, site, term, out);
}

static void add_sites(const struct comparison *comparison, const struct report_options *options,
                      struct text *out)
{
    size_t count = report_site_count(comparison, options);
    size_t whole = options->all_sites || comparison->count == 1 ? comparison->site_count
                                                                : comparison->growing_count;
    const char *directory = comparison->stores[0]->facts.directory;
    for (size_t i = 0; i < count; i++) {
        const struct site *site = comparison->ranked[i];
        if (comparison->count == 1)
            add_live_line(comparison, site, i + 1, &options->term, out);
        else
            add_growth_line(comparison, site, i + 1, &options->term, out);
        if (options->all_frames)
            text_stack_all(site, directory, &options->term, out);
        else
            text_stack_callers(site, &options->term, out);
    }
    if (whole > count)
        text_format(out, "%s    %zu more site%s: --top %zu%s\n", term_dim(&options->term),
                    whole - count, whole - count == 1 ? "" : "s", whole,
                    term_plain(&options->term));
}

static void add_sampling(const struct comparison *comparison, struct text *out)
{
    for (size_t i = 0; i < comparison->count; i++) {
        int64_t sample = comparison->stores[i]->facts.sample_bytes;
        if (sample <= 0)
            continue;
        text_format(out, "Sizes are estimated from samples, one every %s on average.\n",
                    units_bytes(sample).text);
        return;
    }
}

void text_report_comparison(const struct comparison *comparison,
                            const struct report_options *options, struct text *out)
{
    text_add(out, term_bold(&options->term));
    text_add_clean(out, comparison->verdict.text.bytes, true);
    text_add(out, term_plain(&options->term));
    text_add(out, "\n\n");
    add_parts(comparison, out);
    if (report_site_count(comparison, options) > 0)
        text_add(out, "\n");
    add_sites(comparison, options, out);
    add_sampling(comparison, out);
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
    add_sites(comparison, options, out);
    add_sampling(comparison, out);
}
