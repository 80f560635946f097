/* page_command.h -- What the commands report and view share: options, and making the page.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#ifndef ANALYZER_COMMANDS_PAGE_COMMAND_H
#define ANALYZER_COMMANDS_PAGE_COMMAND_H

#include "base/text.h"
#include "cli/command.h"
#include "commands/symbol_options.h"

/* Zero-initialise it but for top; then options_parse fills it by these specs. */
struct page_words {
    const char *rules, *by;
    int64_t top, operations;
    bool no_source, is_forced;
    struct symbol_sources sources;
};

#define PAGE_TOP 10000

/* clang-format off */
#define PAGE_OPTION_SPECS(type, field)                                                             \
    {"top", 'n', OPTION_COUNT, "N", "Include the first N sites of the ranking (10000).",           \
     offsetof(type, field.top)},                                                                   \
    {"by", 0, OPTION_TEXT, "thread|label",                                                         \
     "Group stacks by this (labels, or else threads, when they were recorded).",                   \
     offsetof(type, field.by)},                                                                    \
    {"no-source", 0, OPTION_FLAG, NULL, "Leave out lines of source files.",                        \
     offsetof(type, field.no_source)},                                                             \
    {"ops", 0, OPTION_COUNT, "N",                                                                  \
     "Divide growth by N units of work (requests, jobs) done in between.",                         \
     offsetof(type, field.operations)},                                                            \
    {"force", 0, OPTION_FLAG, NULL, "Compare even snapshots of different programs.",               \
     offsetof(type, field.is_forced)},                                                             \
    {"rules", 0, OPTION_TEXT, "FILE",                                                              \
     "Decide whose code a frame is by the rules in FILE first.",                                   \
     offsetof(type, field.rules)},                                                                 \
    SYMBOL_OPTIONS(type, field.sources)
/* clang-format on */

/* The page of the snapshots at PATHS, and its Content-Security-Policy when POLICY is not NULL.
 * False with ERROR filled when it could not be made. OBSTACLE is filled (with EXIT_NOT_MEASURABLE)
 * when there is a page, but nothing could be compared. */
bool page_command_make(const char *const *paths, size_t count, const struct page_words *words,
                       struct text *page, struct text *policy, struct error *obstacle,
                       struct error *error);

#endif
