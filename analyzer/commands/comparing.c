/* comparing.c -- What the commands compare and run share: options, the comparison, its output.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include "commands/comparing.h"

#include "base/memory.h"
#include "base/out.h"
#include "commands/heap_files.h"
#include "compare/programs.h"
#include "html/page.h"
#include "print/json_report.h"
#include "print/junit_report.h"
#include "print/markdown_report.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define PAGE_SITES 10000

static bool is_format(const struct comparing *given, const char *format)
{
    return given->format && strcmp(given->format, format) == 0;
}

static void say_note(const char *note)
{
    struct text clean = {0};
    text_add_clean(&clean, note, true);
    fprintf(stderr, "heapdiff: note: %s\n", clean.bytes);
    text_done(&clean);
}

/* The objects of heap snapshots beside the snapshots; NULL: there are none, or of one alone. */
static struct objects *read_objects(const struct comparison *comparison, int64_t top)
{
    struct error note = {0};
    const char **paths = memory_zeroed(comparison->count, sizeof *paths);
    for (size_t i = 0; i < comparison->count; i++)
        paths[i] = comparison->stores[i]->path;
    struct objects *objects = heap_files_beside(paths, comparison->count, top, &note);
    free(paths);
    if (*note.message)
        say_note(note.message);
    return objects;
}

static void comparing_print(const struct comparison *comparison, const struct comparing *given,
                            const struct gate *gate, const struct gate_result *result)
{
    bool json = is_format(given, "json");
    struct report_options report = {.term = term_of_stdout(given->colour),
                                    .top = given->top >= 0 ? given->top
                                           : json          ? 100
                                                           : 10,
                                    .all_sites = given->all_sites,
                                    .all_frames = given->all_frames,
                                    .result = given->limit ? result : NULL,
                                    .listing = &given->choice.options,
                                    .tree = given->choice.tree};
    struct text out = {0};
    report.objects_top = report.top > 0 ? report.top : INT64_MAX;
    struct objects *objects = read_objects(comparison, report.objects_top);
    bool other = true;
    report.objects = objects;
    if (json)
        json_report_comparison(comparison, &report, &out);
    else if (is_format(given, "markdown"))
        markdown_report(comparison, &report, &out);
    else if (is_format(given, "junit"))
        junit_report(comparison, gate, result, &out);
    else
        other = false;
    if (other) {
        fwrite(out.bytes, 1, out.length, stdout);
    } else {
        text_report_comparison(comparison, &report, &out);
        term_print(&out);
    }
    objects_close(objects);
    text_done(&out);
}

/* A page beside what is printed. */
static bool write_page(const struct comparison *comparison, const struct comparing *given,
                       struct error *error)
{
    struct text page = {0};
    const struct page_options options = {
        .version = HEAPDIFF_VERSION, .most_sites = PAGE_SITES, .has_sources = true};
    struct out *out = out_open(given->page, error);
    if (!out)
        return false;
    page_write(comparison, &options, &page);
    out_bytes(out, page.bytes, page.length);
    text_done(&page);
    if (!out_close(out, error))
        return false;
    fprintf(stderr, "heapdiff: page: %s\n", given->page);
    return true;
}

/* Prints, and returns the exit code: a comparison that could not be measured has not passed. */
static int conclude(const struct comparison *comparison, const struct comparing *given,
                    const struct gate *gate, const struct gate_result *result, struct error *error)
{
    for (size_t i = 0; i < comparison->notes.count; i++)
        say_note(comparison->notes.items[i]);
    comparing_print(comparison, given, gate, result);
    if (given->new_baseline && !comparison->obstacle &&
        !accepted_write_baseline(comparison, given->new_baseline, error))
        return error->code;
    if (given->page && !write_page(comparison, given, error))
        return error->code;
    if (comparison->obstacle) {
        error_set(error, NULL, "nothing was compared: %s", comparison->obstacle);
        return error->code = EXIT_NOT_MEASURABLE;
    }
    if (result->code != EXIT_DONE)
        error_set(error, NULL, "%s", result->words);
    return error->code = result->code;
}

/* Every program must pass; what cannot be measured is only said of the one that is shown. */
static void comparing_judge(const struct programs *programs, const struct gate *gate,
                            struct gate_result *result)
{
    gate_judge(gate, programs->main, result);
    for (size_t i = 0; i < programs->list.count && result->code != EXIT_EXCEEDED; i++) {
        struct gate_result other;
        gate_judge(gate, programs->list.items[i], &other);
        if (other.code == EXIT_EXCEEDED)
            *result = other;
    }
}

static int compare_lives(const struct lives *lives, const struct comparing *given,
                         const struct comparison_options *how, const struct gate *gate,
                         struct error *error)
{
    struct programs programs = {0};
    struct gate_result result = {.code = EXIT_DONE};
    int code = EXIT_UNUSABLE;
    if (programs_compare(&programs, lives, how, error)) {
        if (given->limit)
            comparing_judge(&programs, gate, &result);
        code = conclude(programs.main, given, gate, &result, error);
    }
    programs_done(&programs);
    return code;
}

static int comparing_compare(const char *const *paths, size_t count, const struct comparing *given,
                             const struct workload *work, const struct gate *gate,
                             struct error *error)
{
    struct rules *rules = rules_new(given->rules, error);
    struct comparison_options how = {.rules = rules,
                                     .sources = &given->sources,
                                     .operations = given->operations,
                                     .workload = work,
                                     .is_forced = given->is_forced};
    struct gate_result result = {.code = EXIT_DONE};
    struct lives lives = {0};
    int code = EXIT_UNUSABLE;
    bool good = rules && lives_read(&lives, paths, count, error);
    if (good && lives_are_several(&lives)) {
        code = compare_lives(&lives, given, &how, gate, error);
    } else if (good) {
        struct comparison *comparison = comparison_open_with(paths, count, &how, error);
        if (comparison && given->limit)
            gate_judge(gate, comparison, &result);
        code = comparison ? conclude(comparison, given, gate, &result, error) : error->code;
        comparison_close(comparison);
    } else {
        code = error->code;
    }
    lives_done(&lives);
    rules_free(rules);
    return code;
}

/* Nothing but a threshold gives these a meaning. */
static bool check(const struct comparing *given, struct error *error)
{
    const char *idle = given->baseline             ? "--baseline"
                       : given->suppressions       ? "--suppress"
                       : is_format(given, "junit") ? "--format junit"
                                                   : NULL;
    if (!given->limit && idle)
        return error_set(error, "add --fail-on-growth SIZE", "%s needs a threshold", idle);
    return true;
}

int comparing_run(const char *const *paths, size_t count, const struct comparing *given,
                  const struct workload *work, struct error *error)
{
    struct gate gate;
    if (!given->limit)
        return comparing_compare(paths, count, given, work, NULL, error);
    if (!gate_init(&gate, given->limit, error))
        return error->code;
    int code = EXIT_UNUSABLE;
    if ((!given->baseline || accepted_read_baseline(gate.accepted, given->baseline, error)) &&
        (!given->suppressions ||
         accepted_read_suppressions(gate.accepted, given->suppressions, error)))
        code = comparing_compare(paths, count, given, work, &gate, error);
    gate_done(&gate);
    return code;
}

bool comparing_check(struct comparing *given, size_t count, struct error *error)
{
    if (!check(given, error) || !symbol_options_check(&given->sources, error) ||
        !listing_choice_init(&given->choice, &given->listing, count, error))
        return false;
    given->choice.options.all = given->all_sites;
    return true;
}

void comparing_done(struct comparing *given)
{
    listing_choice_done(&given->choice);
}
