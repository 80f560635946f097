/* output.c -- What the analyzer says of files that may hold anything: held against what it
 * promises.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include "output.h"

#include <cjson/cJSON.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/text.h"
#include "export/export.h"
#include "frames/coverage.h"
#include "html/page.h"
#include "print/info_report.h"
#include "print/json_report.h"
#include "print/junit_report.h"
#include "print/markdown_report.h"
#include "print/text_report.h"
#include "rules/rules.h"
#include "store/block_list.h"

#define NAMES 8 /* two inputs, and an export of each format */

/* ---- files -------------------------------------------------------------------------------------
 */

static char names[NAMES][64];

static void remove_files(void)
{
    for (unsigned i = 0; i < NAMES; i++)
        unlink(names[i]);
}

static const char *name_of(unsigned index)
{
    static const char *const endings[NAMES] = {"0.db",         "1.db",        "heapsnapshot",
                                               "heaptimeline", "heapprofile", "json",
                                               "pprof.pb.gz",  "folded"};
    if (!*names[0]) {
        for (unsigned i = 0; i < NAMES; i++)
            snprintf(names[i], sizeof names[i], "/dev/shm/heapdiff-fuzz.%d.%s", (int)getpid(),
                     endings[i]);
        atexit(remove_files);
    }
    return names[index];
}

const char *output_file(unsigned index, const uint8_t *bytes, size_t size)
{
    const char *name = name_of(index);
    int fd = open(name, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
    if (fd < 0 || write(fd, bytes, size) != (ssize_t)size || close(fd) != 0)
        abort();
    return name;
}

/* ---- what is expected --------------------------------------------------------------------------
 */

static void expect_equal(const struct text *clean, const char *text, size_t length)
{
    if (clean->length != length || memcmp(clean->bytes, text, length) != 0)
        abort();
}

static void expect_utf8(const char *text, size_t length)
{
    struct text clean = {0};
    text_add_clean(&clean, text, false);
    expect_equal(&clean, text, length);
    text_done(&clean);
}

void output_expect_plain(const char *text, size_t length)
{
    struct text copy = {0}, clean = {0};
    text_add_n(&copy, text, length);
    for (size_t i = 0; i < length; i++)
        if (copy.bytes[i] == '\n' || copy.bytes[i] == '\t')
            copy.bytes[i] = ' ';
    text_add_clean(&clean, copy.bytes, true);
    expect_equal(&clean, copy.bytes, length);
    text_done(&copy);
    text_done(&clean);
}

void output_expect_json(const char *text, size_t length)
{
    const char *end;
    expect_utf8(text, length);
    cJSON *document = cJSON_ParseWithOpts(text, &end, true);
    if (!document)
        abort();
    cJSON_Delete(document);
}

/* ---- reports -----------------------------------------------------------------------------------
 */

enum what {
    TEXT,
    TREE,
    JSON,
    MARKDOWN,
    JUNIT,
    PAGE,
    INFO,
    BLOCKS,
    EXPORT, /* and one more for each format */
    WHAT_COUNT = EXPORT + 6
};

static const struct symbol_sources sources = {.no_cache = true};

static const struct rules *our_rules(void)
{
    static struct rules *rules;
    struct error error;
    if (!rules)
        rules = rules_new(NULL, &error);
    return rules;
}

static void expect_refusal(const struct error *error)
{
    if (!*error->message || error->code != EXIT_UNUSABLE)
        abort();
}

static void report_text(const struct comparison *comparison, enum what what, struct text *out)
{
    struct listing_options view = {.by = BY_LABELS, .all = true};
    struct report_options options = {.top = 100, .all_sites = true, .term = {.width = 100}};
    options.all_frames = what == TREE;
    options.tree = what == TREE ? TREE_TOP_DOWN : TREE_NONE;
    options.listing = what == TREE ? &view : NULL;
    if (what == MARKDOWN)
        markdown_report(comparison, &options, out);
    else if (what == JSON && comparison->count > 1)
        json_report_comparison(comparison, &options, out);
    else if (what == JSON)
        json_report_snapshot(comparison, &options, out);
    else if (comparison->count > 1)
        text_report_comparison(comparison, &options, out);
    else
        text_report_snapshot(comparison, &options, out);
    if (what == JSON)
        output_expect_json(out->bytes, out->length);
    else
        output_expect_plain(out->bytes, out->length);
}

static void report_gate(const struct comparison *comparison, struct text *out)
{
    struct gate gate;
    struct gate_result result;
    struct error error;
    if (!gate_init(&gate, "1KiB", &error))
        abort();
    gate_judge(&gate, comparison, &result);
    junit_report(comparison, &gate, &result, out);
    gate_done(&gate);
    expect_utf8(out->bytes, out->length);
}

static void report(const struct comparison *comparison, enum what what)
{
    struct text out = {0};
    struct page_options page = {.version = "0", .most_sites = 100};
    if (what == PAGE) {
        page_write_data(comparison, &page, &out);
        output_expect_json(out.bytes, out.length);
    } else if (what == JUNIT && comparison->count > 1) {
        report_gate(comparison, &out);
    } else if ((what != MARKDOWN && what != JUNIT) || comparison->count > 1) {
        report_text(comparison, what, &out);
    }
    text_done(&out);
}

static void compare(const char *const *paths, size_t count, enum what what)
{
    struct comparison_options options = {
        .rules = our_rules(), .sources = &sources, .is_forced = true};
    struct error error = {0};
    struct comparison *comparison = comparison_open_with(paths, count, &options, &error);
    if (!comparison)
        expect_refusal(&error);
    else
        report(comparison, what);
    comparison_close(comparison);
}

/* ---- info, blocks, exports ---------------------------------------------------------------------
 */

static void inform(const char *path)
{
    struct error error = {0};
    struct store *store = store_open(path, &error);
    struct info info = {.store = store};
    struct text out = {0}, json = {0};
    if (!store) {
        expect_refusal(&error);
        return;
    }
    struct symbols *symbols = symbols_new(&sources);
    struct frames *frames = frames_new(store, symbols, our_rules());
    coverage_init(&info.coverage, store, frames, symbols);
    info.advice = calloc(info.coverage.modules.count + 1, sizeof *info.advice);
    info_report_text(&info, &out);
    info_report_json(&info, &json);
    output_expect_plain(out.bytes, out.length);
    output_expect_json(json.bytes, json.length);
    free(info.advice);
    text_done(&out);
    text_done(&json);
    coverage_done(&info.coverage);
    frames_free(frames);
    symbols_free(symbols);
    store_close(store);
}

/* By the ways that do not look at all pages first. */
static void list_blocks(const char *last_path, const char *path)
{
    struct error error = {0};
    struct store *last = store_open_facts(last_path, &error);
    struct store *store = last ? store_open_between(path, last, &error) : NULL;
    struct block_list *blocks = store ? block_list_open(store, &error) : NULL;
    struct block block;
    while (blocks && block_list_next(blocks, &block, &error))
        continue;
    block_list_close(blocks);
    store_close(store);
    store_close(last);
}

static void export(const char *const *paths, size_t count, unsigned format)
{
    static const char *const formats[] = {"heapsnapshot", "heaptimeline", "heapprofile",
                                          "json",         "pprof",        "folded"};
    struct export_request request = {.paths = paths,
                                     .count = format > 1 ? count : 1,
                                     .format = formats[format],
                                     .target = name_of(2 + format),
                                     .rules = our_rules(),
                                     .sources = &sources,
                                     .most_blocks = 200,
                                     .growth = count > 1 && format > 1,
                                     .class_by = CLASS_BY_SITE,
                                     .root_by = ROOT_BY_LABEL};
    struct error error = {0};
    struct text text = {0};
    if (!export_run(&request, &error)) {
        expect_refusal(&error);
        return;
    }
    if (!text_read_file(&text, request.target, (size_t)64 << 20))
        abort();
    if (format < 4)
        output_expect_json(text.bytes, text.length);
    if (format == 5)
        output_expect_plain(text.length ? text.bytes : "", text.length);
    text_done(&text);
}

void output_try(const char *const *paths, size_t count, unsigned which)
{
    unsigned what = which % WHAT_COUNT;
    if (what >= EXPORT)
        export(paths, count, what - EXPORT);
    else if (what == INFO)
        inform(paths[count - 1]);
    else if (what == BLOCKS)
        list_blocks(paths[0], paths[count - 1]);
    else
        compare(paths, count, (enum what)what);
}
