/* compare.c -- heapdiff compare: verdict first, then the growing sites, ranked.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include "cli/command.h"
#include "commands/listing_options.h"
#include "commands/symbol_options.h"
#include "print/json_report.h"
#include "print/junit_report.h"
#include "print/markdown_report.h"

#include <stdio.h>
#include <string.h>

struct compare_options {
    const char *format, *rules, *colour;
    const char *limit, *baseline, *new_baseline, *suppressions; /* NULL: not given */
    int64_t top;                                                /* -1: not given */
    int64_t operations;
    bool all_sites, all_frames, is_forced;
    struct symbol_sources sources;
    struct listing_words listing;
    struct listing_choice choice; /* made from them */
};

static const struct option_spec options[] = {
    {"format", 0, OPTION_TEXT, "text|json|markdown|junit", "Print in this format (text).",
     offsetof(struct compare_options, format)},
    {"fail-on-growth", 0, OPTION_TEXT, "SIZE[,site=REGEX]",
     "Exit with 1 when the growing sites (matching REGEX) grew by more than SIZE (1MiB, 500k), "
     "with 3 when that could not be measured.",
     offsetof(struct compare_options, limit)},
    {"baseline", 0, OPTION_TEXT, "FILE", "Accept the growth that FILE lists, site by site.",
     offsetof(struct compare_options, baseline)},
    {"write-baseline", 0, OPTION_TEXT, "FILE",
     "Write such a file: the growth of each site now, plus a fifth.",
     offsetof(struct compare_options, new_baseline)},
    {"suppress", 0, OPTION_TEXT, "FILE", "Ignore sites matching the patterns in FILE.",
     offsetof(struct compare_options, suppressions)},
    LISTING_OPTION_SPECS(struct compare_options, listing),
    {"top", 'n', OPTION_COUNT, "N", "List at most N sites (10; as JSON 100).",
     offsetof(struct compare_options, top)},
    {"all", 'a', OPTION_FLAG, NULL, "List sites that do not grow, too.",
     offsetof(struct compare_options, all_sites)},
    {"all-frames", 0, OPTION_FLAG, NULL,
     "Show every frame of a stack, including runtimes and libraries.",
     offsetof(struct compare_options, all_frames)},
    {"ops", 0, OPTION_COUNT, "N",
     "Divide growth by N units of work (requests, jobs) done in between.",
     offsetof(struct compare_options, operations)},
    {"force", 0, OPTION_FLAG, NULL, "Compare even snapshots of different programs.",
     offsetof(struct compare_options, is_forced)},
    {"rules", 0, OPTION_TEXT, "FILE", "Decide whose code a frame is by the rules in FILE first.",
     offsetof(struct compare_options, rules)},
    SYMBOL_OPTIONS(struct compare_options, sources),
    {"color", 0, OPTION_TEXT, "auto|always|never", "Use colour (auto: on a terminal).",
     offsetof(struct compare_options, colour)},
    {0},
};

static bool is_format(const struct compare_options *given, const char *format)
{
    return given->format && strcmp(given->format, format) == 0;
}

static void print(const struct comparison *comparison, const struct compare_options *given,
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
    bool other = true;
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
    text_done(&out);
}

static void say_note(const char *note)
{
    struct text clean = {0};
    text_add_clean(&clean, note, true);
    fprintf(stderr, "heapdiff: note: %s\n", clean.bytes);
    text_done(&clean);
}

/* Prints, and says by the exit code what was asked: what could not be measured has not passed. */
static int conclude(const struct comparison *comparison, const struct compare_options *given,
                    const struct gate *gate, struct error *error)
{
    struct gate_result result = {.code = EXIT_DONE};
    for (size_t i = 0; i < comparison->notes.count; i++)
        say_note(comparison->notes.items[i]);
    if (given->limit)
        gate_judge(gate, comparison, &result);
    print(comparison, given, gate, &result);
    if (given->new_baseline && !comparison->obstacle &&
        !accepted_write_baseline(comparison, given->new_baseline, error))
        return error->code;
    if (comparison->obstacle) {
        error_set(error, NULL, "nothing was compared: %s", comparison->obstacle);
        return error->code = EXIT_NOT_MEASURABLE;
    }
    if (result.code != EXIT_DONE)
        error_set(error, NULL, "%s", result.words);
    return error->code = result.code;
}

static int compare(const char *const *paths, size_t count, const struct compare_options *given,
                   const struct gate *gate, struct error *error)
{
    struct rules *rules = rules_new(given->rules, error);
    struct comparison_options how = {.rules = rules,
                                     .sources = &given->sources,
                                     .operations = given->operations,
                                     .is_forced = given->is_forced};
    struct comparison *comparison = rules ? comparison_open_with(paths, count, &how, error) : NULL;
    int code = comparison ? conclude(comparison, given, gate, error) : error->code;
    comparison_close(comparison);
    rules_free(rules);
    return code;
}

/* Nothing but a threshold gives these a meaning. */
static bool check(const struct compare_options *given, struct error *error)
{
    const char *idle = given->baseline             ? "--baseline"
                       : given->suppressions       ? "--suppress"
                       : is_format(given, "junit") ? "--format junit"
                                                   : NULL;
    if (!given->limit && idle)
        return error_set(error, "add --fail-on-growth SIZE", "%s needs a threshold", idle);
    return true;
}

static int compare_gated(const char *const *paths, size_t count,
                         const struct compare_options *given, struct error *error)
{
    struct gate gate;
    if (!given->limit)
        return compare(paths, count, given, NULL, error);
    if (!gate_init(&gate, given->limit, error))
        return error->code;
    int code = EXIT_UNUSABLE;
    if ((!given->baseline || accepted_read_baseline(gate.accepted, given->baseline, error)) &&
        (!given->suppressions ||
         accepted_read_suppressions(gate.accepted, given->suppressions, error)))
        code = compare(paths, count, given, &gate, error);
    gate_done(&gate);
    return code;
}

static int run(int argc, char **argv, struct error *error)
{
    struct compare_options given = {.top = -1};
    int first = options_parse(&command_compare, argc, argv, &given, error);
    if (first < 0)
        return error->code;
    if (argc - first < 2) {
        error_set(error, "heapdiff compare A.db B.db", "compare takes two snapshots or more");
        return error->code;
    }
    size_t count = (size_t)(argc - first);
    if (!check(&given, error) || !symbol_options_check(&given.sources, error) ||
        !listing_choice_init(&given.choice, &given.listing, count, error))
        return error->code;
    given.choice.options.all = given.all_sites;
    int code = compare_gated((const char *const *)argv + first, count, &given, error);
    listing_choice_done(&given.choice);
    return code;
}

const struct command command_compare = {
    .name = "compare",
    .arguments = "[options] A.db B.db [C.db ...]",
    .summary = "Show what grew between snapshots: verdict, parts of RSS, sites",
    .details =
        "Gives a verdict in one sentence: a leak, growth of a managed heap, memory that the\n"
        "allocator retains, mappings, or no growth. Then lists the parts that RSS growth is\n"
        "made of and the sites that grew; the site that looks most like a leak comes first.",
    .options = options,
    .run = run,
};
