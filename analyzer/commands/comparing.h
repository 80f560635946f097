/* comparing.h -- What the commands compare and run share: options, the comparison, its output.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#ifndef ANALYZER_COMMANDS_COMPARING_H
#define ANALYZER_COMMANDS_COMPARING_H

#include "cli/command.h"
#include "commands/listing_options.h"
#include "commands/symbol_options.h"
#include "compare/workload.h"

/* Zero-initialise it but for top, which is -1; then options_parse fills it by these specs. */
struct comparing {
    const char *format, *rules, *colour;
    const char *limit, *baseline, *new_baseline, *suppressions; /* NULL: not given */
    const char *page;                                           /* NULL: no HTML page is wanted */
    int64_t top;                                                /* -1: not given */
    int64_t operations;
    bool all_sites, all_frames, is_forced;
    struct symbol_sources sources;
    struct listing_words listing;
    struct listing_choice choice; /* made from them */
};

/* clang-format off */
#define COMPARING_SPECS(type, field)                                                               \
    {"format", 0, OPTION_TEXT, "text|json|markdown|junit", "Print in this format (text).",         \
     offsetof(type, field.format)},                                                                \
    {"report", 0, OPTION_TEXT, "FILE.html", "Also write an HTML page (see heapdiff report).",      \
     offsetof(type, field.page)},                                                                  \
    {"fail-on-growth", 0, OPTION_TEXT, "SIZE[,site=REGEX]",                                        \
     "Exit with 1 when the growing sites (matching REGEX) grew by more than SIZE (1MiB, 500k), "   \
     "with 3 when that could not be measured.",                                                    \
     offsetof(type, field.limit)},                                                                 \
    {"baseline", 0, OPTION_TEXT, "FILE", "Accept the growth that FILE lists, site by site.",       \
     offsetof(type, field.baseline)},                                                              \
    {"write-baseline", 0, OPTION_TEXT, "FILE",                                                     \
     "Write such a file: the growth of each site now, plus a fifth.",                              \
     offsetof(type, field.new_baseline)},                                                          \
    {"suppress", 0, OPTION_TEXT, "FILE", "Ignore sites matching the patterns in FILE.",            \
     offsetof(type, field.suppressions)},                                                          \
    LISTING_OPTION_SPECS(type, field.listing),                                                     \
    {"top", 'n', OPTION_COUNT, "N",                                                                \
     "List at most N sites or types (10; JSON: 100; 0: all types).",                               \
     offsetof(type, field.top)},                                                                   \
    {"all", 'a', OPTION_FLAG, NULL, "List sites and types that do not grow, too.",                 \
     offsetof(type, field.all_sites)},                                                             \
    {"all-frames", 0, OPTION_FLAG, NULL,                                                           \
     "Show every frame of a stack, including runtimes and libraries.",                             \
     offsetof(type, field.all_frames)},                                                            \
    {"ops", 0, OPTION_COUNT, "N",                                                                  \
     "Divide growth by N units of work (requests, jobs) done in between.",                         \
     offsetof(type, field.operations)},                                                            \
    {"force", 0, OPTION_FLAG, NULL, "Compare even snapshots of different programs.",               \
     offsetof(type, field.is_forced)},                                                             \
    {"rules", 0, OPTION_TEXT, "FILE", "Decide whose code a frame is by the rules in FILE first.",  \
     offsetof(type, field.rules)},                                                                 \
    SYMBOL_OPTIONS(type, field.sources),                                                           \
    {"color", 0, OPTION_TEXT, "auto|always|never", "Use colour (auto: on a terminal).",            \
     offsetof(type, field.colour)}
/* clang-format on */

/* Refuses options that make no sense together. COUNT: of snapshots, as far as it is known. When it
 * was true, comparing_done. */
bool comparing_check(struct comparing *given, size_t count, struct error *error);
void comparing_done(struct comparing *given);

/* Compares and prints. WORK: what was done between the snapshots; NULL: only they know. Returns the
 * exit code. */
int comparing_run(const char *const *paths, size_t count, const struct comparing *given,
                  const struct workload *work, struct error *error);

#endif
