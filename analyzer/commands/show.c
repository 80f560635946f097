/* show.c -- heapdiff show: what is live now, by site.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include "cli/command.h"
#include "commands/heap_files.h"
#include "commands/listing_options.h"
#include "commands/symbol_options.h"
#include "print/json_report.h"

#include <stdio.h>
#include <string.h>

struct show_options {
    const char *format, *rules, *colour;
    int64_t top;
    bool all_frames;
    struct symbol_sources sources;
    struct listing_words listing;
    struct listing_choice choice; /* made from them */
};

static const struct option_spec options[] = {
    {"format", 0, OPTION_TEXT, "text|json", "Print in this format (text).",
     offsetof(struct show_options, format)},
    LISTING_OPTION_SPECS(struct show_options, listing),
    {"top", 'n', OPTION_COUNT, "N",
     "List at most N sites or types (10; JSON: 100; 0: all types).",
     offsetof(struct show_options, top)},
    {"all-frames", 0, OPTION_FLAG, NULL,
     "Show every frame of a stack, including runtimes and libraries.",
     offsetof(struct show_options, all_frames)},
    {"rules", 0, OPTION_TEXT, "FILE", "Decide whose code a frame is by the rules in FILE first.",
     offsetof(struct show_options, rules)},
    SYMBOL_OPTIONS(struct show_options, sources),
    {"color", 0, OPTION_TEXT, "auto|always|never", "Use colour (auto: on a terminal).",
     offsetof(struct show_options, colour)},
    {0},
};

static void show_print(const struct comparison *snapshot, const struct show_options *given)
{
    bool json = given->format && strcmp(given->format, "json") == 0;
    struct report_options report = {.term = term_of_stdout(given->colour),
                                    .top = given->top >= 0 ? given->top
                                           : json          ? 100
                                                           : 10,
                                    .all_frames = given->all_frames,
                                    .listing = &given->choice.options,
                                    .tree = given->choice.tree};
    struct text out = {0};
    if (json) {
        json_report_snapshot(snapshot, &report, &out);
        fwrite(out.bytes, 1, out.length, stdout);
    } else {
        text_report_snapshot(snapshot, &report, &out);
        term_print(&out);
    }
    text_done(&out);
}

static int show_main(int argc, char **argv, struct error *error)
{
    struct show_options given = {.top = -1};
    int first = options_parse(&command_show, argc, argv, &given, error);
    if (first < 0)
        return error->code;
    if (argc - first != 1) {
        error_set(error, "heapdiff compare takes several", "show takes one snapshot");
        return error->code;
    }
    if (!symbol_options_check(&given.sources, error) ||
        !listing_choice_init(&given.choice, &given.listing, 1, error))
        return error->code;
    const char *const *paths = (const char *const *)argv + first;
    if (heap_files_kind(paths, 1) == HEAP_FILES_ALL) {
        listing_choice_done(&given.choice);
        return heap_files_show(paths[0], given.format, given.colour, given.top, error);
    }
    struct rules *rules = rules_new(given.rules, error);
    struct comparison_options how = {.rules = rules, .sources = &given.sources};
    struct comparison *snapshot = rules ? comparison_open_with(paths, 1, &how, error) : NULL;
    if (snapshot)
        show_print(snapshot, &given);
    int code = snapshot ? EXIT_DONE : error->code;
    comparison_close(snapshot);
    rules_free(rules);
    listing_choice_done(&given.choice);
    return code;
}

const struct command command_show = {
    .name = "show",
    .arguments = "[options] A.db|A.heapsnapshot",
    .summary = "Show live memory in a snapshot, by site",
    .details =
        "Lists the sites with the most live bytes. A site is the function of your own that\n"
        "made the allocation, with its callers. Of a V8 heap snapshot (DevTools, Node), lists\n"
        "the types of objects that retain most.",
    .options = options,
    .run = show_main,
};
