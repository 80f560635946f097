/* compare.c -- heapdiff compare: verdict first, then the growing sites, ranked.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include "base/units.h"
#include "cli/command.h"
#include "report/json_report.h"

#include <stdio.h>
#include <string.h>

struct compare_options {
    const char *format, *rules, *colour;
    int64_t limit, top; /* -1: not given */
    int64_t operations;
    bool all_sites, all_frames, is_forced;
};

static const struct option_spec options[] = {
    {"format", 0, OPTION_TEXT, "text|json", "How to print it (text).",
     offsetof(struct compare_options, format)},
    {"fail-on-growth", 0, OPTION_SIZE, "SIZE",
     "Exit with 1 when the growing sites grew by more than this: 1MiB, 500k.",
     offsetof(struct compare_options, limit)},
    {"top", 'n', OPTION_COUNT, "N", "List at most so many sites (10; as JSON 100).",
     offsetof(struct compare_options, top)},
    {"all", 'a', OPTION_FLAG, NULL, "List also sites that do not grow.",
     offsetof(struct compare_options, all_sites)},
    {"all-frames", 0, OPTION_FLAG, NULL, "Show every frame of the stacks, runtime and library too.",
     offsetof(struct compare_options, all_frames)},
    {"ops", 0, OPTION_COUNT, "N", "Units of work done in between: growth is also given for one.",
     offsetof(struct compare_options, operations)},
    {"force", 0, OPTION_FLAG, NULL, "Compare snapshots of different programs too.",
     offsetof(struct compare_options, is_forced)},
    {"rules", 0, OPTION_TEXT, "FILE", "Rules that say whose code a frame is, before our own.",
     offsetof(struct compare_options, rules)},
    {"color", 0, OPTION_TEXT, "auto|always|never", "Colour (auto: on a terminal).",
     offsetof(struct compare_options, colour)},
    {0},
};

static void print(const struct comparison *comparison, const struct compare_options *given)
{
    bool json = given->format && strcmp(given->format, "json") == 0;
    struct report_options report = {.term = term_of_stdout(given->colour),
                                    .top = given->top >= 0 ? given->top
                                           : json          ? 100
                                                           : 10,
                                    .all_sites = given->all_sites,
                                    .all_frames = given->all_frames};
    struct text out = {0};
    if (json)
        json_report_comparison(comparison, &report, &out);
    else
        text_report_comparison(comparison, &report, &out);
    fwrite(out.bytes, 1, out.length, stdout);
    text_done(&out);
}

/* What could not be measured has not passed. */
static int judge(const struct comparison *comparison, const struct compare_options *given,
                 struct error *error)
{
    if (comparison->verdict.kind == VERDICT_NOT_MEASURABLE) {
        error_set(error, NULL, "nothing was compared: %s", comparison->obstacle);
        return error->code = EXIT_NOT_MEASURABLE;
    }
    if (given->limit < 0 || comparison->growth_bytes <= given->limit)
        return EXIT_DONE;
    error_set(error, NULL, "live memory grew by %s, more than the %s allowed by --fail-on-growth",
              units_bytes(comparison->growth_bytes).text, units_bytes(given->limit).text);
    return error->code = EXIT_EXCEEDED;
}

static void say_note(const char *note)
{
    struct text clean = {0};
    text_add_clean(&clean, note, true);
    fprintf(stderr, "heapdiff: note: %s\n", clean.bytes);
    text_done(&clean);
}

static int compare(const char *const *paths, size_t count, const struct compare_options *given,
                   struct error *error)
{
    struct rules *rules = rules_new(given->rules, error);
    struct comparison_options options_given = {
        .rules = rules, .operations = given->operations, .is_forced = given->is_forced};
    struct comparison *comparison =
        rules ? comparison_open_with(paths, count, &options_given, error) : NULL;
    int code = EXIT_UNUSABLE;
    if (comparison) {
        for (size_t i = 0; i < comparison->notes.count; i++)
            say_note(comparison->notes.items[i]);
        print(comparison, given);
        code = judge(comparison, given, error);
    }
    comparison_close(comparison);
    rules_free(rules);
    return code;
}

static int run(int argc, char **argv, struct error *error)
{
    struct compare_options given = {.limit = -1, .top = -1};
    int first = options_parse(&command_compare, argc, argv, &given, error);
    if (first < 0)
        return error->code;
    if (argc - first < 2) {
        error_set(error, "heapdiff compare A.db B.db", "two snapshots or more are needed");
        return error->code;
    }
    return compare((const char *const *)argv + first, (size_t)(argc - first), &given, error);
}

const struct command command_compare = {
    .name = "compare",
    .arguments = "[options] A.db B.db [C.db ...]",
    .summary = "What grew from the first snapshot to the last: verdict, parts of RSS, sites",
    .details =
        "Says in one sentence whether memory leaks, is a managed heap's, is retained by the\n"
        "allocator, is mapped, or did not grow; then what RSS growth is made of, and the\n"
        "sites that grew, first the one that looks most like a leak.",
    .options = options,
    .run = run,
};
