/* markdown_report.c -- A comparison for a pull request: verdict, parts and sites as tables.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include "print/markdown_report.h"

#include "base/units.h"
#include "compare/names.h"
#include "frames/frame_name.h"
#include "print/processes_report.h"
#include "print/resources_report.h"

#include <string.h>

/* Untrusted text must neither end a cell nor be markup. */
static void add_escaped(struct text *out, const char *untrusted)
{
    struct text clean = {0};
    text_add_clean(&clean, untrusted, true);
    for (const char *c = clean.bytes; c && *c; c++) {
        if (strchr("\\`*_[]<>|#&", *c))
            text_add(out, "\\");
        text_add_n(out, c, 1);
    }
    text_done(&clean);
}

static void add_frame(struct text *out, const struct frame *frame)
{
    struct text name = {0};
    frame_name(frame, NULL, &name);
    add_escaped(out, name.bytes);
    text_done(&name);
}

static void add_parts(const struct comparison *comparison, struct text *out)
{
    text_add(out, "| part of RSS | growth |\n| --- | ---: |\n");
    for (int i = 0; i < PART_COUNT; i++) {
        int64_t bytes = comparison->growth.bytes[i];
        if (bytes != 0)
            text_format(out, "| %s | %s |\n", names_part(comparison, (enum part)i),
                        units_signed_bytes(bytes).text);
    }
    text_format(out, "| **RSS** | **%s** |\n\n",
                units_signed_bytes(parts_total(&comparison->growth)).text);
}

static void add_site(const struct site *site, size_t rank, struct text *out)
{
    text_format(out, "| %zu | ", rank);
    add_frame(out, &site->frame);
    text_format(out, " | %s | %s | %s | %s | %.2f |\n", names_kind(site),
                units_signed_bytes(site->growth_bytes).text,
                units_signed_count(site->growth_blocks).text, rank_pattern_name(site->rank.pattern),
                site->score);
}

static void markdown_report_add_stack(const struct site *site, struct text *out)
{
    struct frames_walk walk = frames_leaf(site->stack_frames, site->stack);
    const struct frame *frame;
    text_add(out, "<details><summary>Stack of site 1</summary>\n\n");
    while ((frame = frames_caller(&walk)) != NULL) {
        text_add(out, "1. ");
        add_frame(out, frame);
        text_add(out, "\n");
    }
    text_add(out, "\n</details>\n");
}

static void add_groups(const struct comparison *comparison, const struct report_options *options,
                       struct text *out)
{
    struct listing *listing = listing_new(comparison, options->listing);
    size_t count =
        listing->rows.count < (size_t)options->top ? listing->rows.count : (size_t)options->top;
    text_format(out, "| # | %s | growth | blocks | live | sites |\n",
                listing_by_name(options->listing->by));
    text_add(out, "| ---: | --- | ---: | ---: | ---: | ---: |\n");
    for (size_t i = 0; i < count; i++) {
        const struct listing_row *row = &listing->rows.items[i];
        text_format(out, "| %zu | ", i + 1);
        add_escaped(out, row->name);
        text_format(out, " | %s | %s | %s | %zu |\n",
                    units_signed_bytes(row->values[WHAT_GROWTH]).text,
                    units_signed_count(row->blocks[WHAT_GROWTH]).text,
                    units_bytes(row->values[WHAT_LIVE]).text, row->sites);
    }
    if (listing->hint)
        text_format(out, "\n%s\n", listing->hint);
    text_add(out, "\n");
    listing_free(listing);
}

static void add_resources(const struct comparison *comparison, struct text *out)
{
    struct text lines = {0};
    resources_report_text(comparison, &lines);
    for (const char *line = lines.bytes; line && *line;) {
        size_t length = strcspn(line, "\n");
        struct text one = {0};
        text_add_n(&one, line, length);
        text_add(out, "- ");
        add_escaped(out, one.bytes);
        text_add(out, "\n");
        text_done(&one);
        line += length + (line[length] == '\n');
    }
    if (lines.length > 0)
        text_add(out, "\n");
    text_done(&lines);
}

void markdown_report(const struct comparison *comparison, const struct report_options *options,
                     struct text *out)
{
    size_t count = report_site_count(comparison, options);
    text_add(out, "**");
    add_escaped(out, comparison->verdict.text.bytes);
    text_add(out, "**\n\n");
    if (comparison->verdict.advice.length > 0) {
        add_escaped(out, comparison->verdict.advice.bytes);
        text_add(out, "\n\n");
    }
    if (options->result)
        text_format(out, "Gate: %s.\n\n", options->result->words);
    add_parts(comparison, out);
    processes_report_markdown(comparison, out);
    add_resources(comparison, out);
    if (options->listing && options->listing->by != BY_SITES)
        add_groups(comparison, options, out);
    if (count == 0)
        return;
    text_add(out, "| # | site | kind | growth | blocks | pattern | score |\n"
                  "| ---: | --- | --- | ---: | ---: | --- | ---: |\n");
    for (size_t i = 0; i < count; i++)
        add_site(comparison->ranked[i], i + 1, out);
    text_add(out, "\n");
    markdown_report_add_stack(comparison->ranked[0], out);
}
