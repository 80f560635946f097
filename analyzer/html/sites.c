/* sites.c -- The sites of a page: what is known about each, in columns.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include "html/sites.h"

#include "compare/names.h"
#include "frames/site_frame.h"

#include <inttypes.h>

static void add_series(struct text *out, const int64_t *values, size_t count)
{
    text_add(out, ",[");
    for (size_t i = 0; i < count; i++)
        text_format(out, "%s%" PRId64, i ? "," : "", values[i]);
    text_add(out, "]");
}

static void add_known(struct text *out, int64_t value)
{
    if (value >= 0)
        text_format(out, ",%" PRId64, value);
    else
        text_add(out, ",null");
}

/* What was allocated since the first snapshot, when both are of one process; else ever. */
static int64_t since(const struct comparison *comparison, const int64_t *ever)
{
    size_t last = comparison->count - 1;
    bool has_before = last > 0 && comparison->is_one_process;
    return store_sum(ever[last], has_before ? -ever[0] : 0);
}

static void add_trend(struct text *out, const struct rank *rank)
{
    if (rank->has_trend)
        text_format(out, ",%.6g,%.6g,%.6g,%.3g", rank->trend.slope, rank->trend.low,
                    rank->trend.high, rank->trend.chance);
    else
        text_add(out, ",null,null,null,null");
}

static void write_row(const struct comparison *comparison, const struct site *site,
                      const int64_t *site_index, struct words *words, struct text *out)
{
    bool is_comparison = comparison->count > 1;
    text_format(out, "[%" PRId64 ",%" PRId64 ",%d,%d", words_frame(words, &site->frame, false),
                words_text(words, names_kind(site)), site->is_managed,
                site->rank.is_growing && !site->rank.is_small);
    text_format(out, ",%" PRId64 ",%" PRId64, is_comparison ? site->growth_bytes : 0,
                is_comparison ? site->growth_blocks : 0);
    text_format(out, ",%.4g,%.4g,%" PRId64 ",%.0f", site->score, site->rank.evidence,
                is_comparison ? words_text(words, rank_pattern_name(site->rank.pattern)) : -1,
                site->rank.noise);
    add_known(out, site->old_bytes);
    add_known(out, site->survivors);
    text_format(out, ",%" PRId64 ",%" PRId64, since(comparison, site->allocated_bytes),
                since(comparison, site->allocations));
    add_trend(out, &site->rank);
    text_format(out, ",%.4g", site->deviation);
    add_series(out, site->live_bytes, comparison->count);
    add_series(out, site->live_blocks, comparison->count);
    const struct frame *way = site_frame_way(site->stack_frames, site->stack, &site->frame);
    int64_t leader = site->leader ? site_index[site->leader - comparison->table.sites.items] : -1;
    text_format(out, ",%" PRId64 ",%" PRId64 "]", way ? words_frame(words, way, true) : -1, leader);
}

void sites_write(const struct comparison *comparison, const int64_t *site_index, size_t count,
                 struct words *words, struct text *out)
{
    text_add(out, "\"sites\":{\"fields\":[\"frame\",\"kind\",\"managed\",\"growing\",\"growth\","
                  "\"growth_blocks\",\"score\",\"evidence\",\"pattern\",\"noise\",\"old\","
                  "\"survivors\",\"total\",\"allocations\",\"slope\",\"slope_low\",\"slope_high\","
                  "\"chance\",\"deviation\",\"live\",\"blocks\",\"way\","
                  "\"leader\"],\"rows\":[");
    for (size_t i = 0; i < count; i++) {
        text_add(out, i ? "," : "");
        write_row(comparison, comparison->ranked[i], site_index, words, out);
    }
    text_format(out, "]},\"sites_left_out\":%zu", comparison->site_count - count);
}
