/* page.c -- A comparison as one HTML page: the viewer with its data in it.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include "html/page.h"

#include "base/json.h"
#include "html/facts.h"
#include "html/findings.h"
#include "html/group_rows.h"
#include "html/sites.h"
#include "html/sources.h"
#include "html/stacks.h"
#include "html/timeline.h"
#include "html/words.h"

#include <stdlib.h>
#include <string.h>

#define PAGE_SCHEMA      1
#define MOST_STACKS      20000
#define SITES_WITH_LINES 300
#define DATA_MARK        "@HEAPDIFF_DATA@"
#define POLICY_MARK      "Content-Security-Policy\" content=\""

extern const char page_html[]; /* viewer/dist/page.html */

static void add_object(struct text *out, const char *name, cJSON *object)
{
    text_format(out, "\"%s\":", name);
    json_add_object(out, object);
    text_add(out, ",");
}

static void add_names(struct text *out)
{
    text_add(out, "\"classes\":[");
    for (int i = 0; i < CLASS_COUNT; i++)
        text_format(out, "%s\"%s\"", i ? "," : "", rules_class_name((enum frame_class)i));
    text_add(out, "],\"owners\":[");
    for (int i = OWNER_PROGRAM; i <= OWNER_RUNTIME; i++)
        text_format(out, "%s\"%s\"", i ? "," : "", rules_owner_name((enum frame_owner)i));
    text_add(out, "],");
}

/* By a site's number in the table its number on the page; -1: not there. */
static int64_t *index_sites(const struct comparison *comparison, size_t count)
{
    size_t all = comparison->table.sites.count;
    int64_t *index = memory_zeroed(all, sizeof *index);
    for (size_t i = 0; i < all; i++)
        index[i] = -1;
    for (size_t i = 0; i < count; i++)
        index[comparison->ranked[i] - comparison->table.sites.items] = (int64_t)i;
    return index;
}

static void page_say(const struct page_options *options, const char *what)
{
    if (options->say)
        options->say(what);
}

void page_write_data(const struct comparison *comparison, const struct page_options *options,
                     struct text *out)
{
    struct words words = {0};
    size_t count =
        comparison->site_count < options->most_sites ? comparison->site_count : options->most_sites;
    size_t with_lines = count < SITES_WITH_LINES ? count : SITES_WITH_LINES;
    int64_t *site_index = index_sites(comparison, count);
    text_format(out, "{\"schema\":%d,\"version\":", PAGE_SCHEMA);
    json_add_string(out, options->version, JSON_IN_SCRIPT);
    text_format(out, ",\"one_process\":%s,\"operations\":%lld,\"noise\":%lld,",
                comparison->is_one_process ? "true" : "false", (long long)comparison->operations,
                (long long)comparison->noise_bytes);
    text_add(out, "\"operations_from\":");
    json_add_string(out, operations_source_words(comparison->operations_source), JSON_IN_SCRIPT);
    text_add(out, ",");
    add_names(out);
    add_object(out, "snapshots", facts_snapshots(comparison));
    add_object(out, "verdict", facts_verdict(comparison));
    add_object(out, "notes", facts_notes(comparison));
    add_object(out, "resources", findings_resources(comparison, site_index));
    add_object(out, "processes", findings_processes(comparison));
    timeline_write(comparison, out);
    text_add(out, ",");
    page_say(options, "naming the frames of all stacks");
    sites_write(comparison, site_index, count, &words, out);
    text_add(out, ",");
    int64_t *stack_rows = memory_zeroed(comparison->table.members.count + 1, sizeof *stack_rows);
    stacks_write(comparison, site_index, MOST_STACKS, &words, stack_rows, out);
    text_add(out, ",");
    group_rows_write(comparison, options->by, stack_rows, &words, out);
    free(stack_rows);
    text_add(out, ",");
    sites_write_histograms(comparison, site_index, count, out);
    text_add(out, ",");
    sources_write(comparison, options->has_sources ? with_lines : 0, &words, out);
    text_add(out, ",");
    page_say(options, "counting what has names");
    add_object(out, "coverage", facts_coverage(comparison));
    words_write(&words, out);
    text_add(out, "}");
    words_done(&words);
    free(site_index);
}

void page_write(const struct comparison *comparison, const struct page_options *options,
                struct text *out)
{
    const char *mark = strstr(page_html, DATA_MARK);
    if (!mark)
        abort(); /* the build has checked it */
    text_add_n(out, page_html, (size_t)(mark - page_html));
    page_write_data(comparison, options, out);
    text_add(out, mark + strlen(DATA_MARK));
}

void page_policy(struct text *out)
{
    const char *start = strstr(page_html, POLICY_MARK);
    if (!start)
        abort();
    start += strlen(POLICY_MARK);
    text_add_n(out, start, strcspn(start, "\""));
}
