/* listing_options.h -- The options that show and compare share: what is listed, and how.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#ifndef ANALYZER_COMMANDS_LISTING_OPTIONS_H
#define ANALYZER_COMMANDS_LISTING_OPTIONS_H

#include "cli/options.h"
#include "print/text_report.h"

/* Zero-initialise it; then options_parse fills it by these specs. */
struct listing_words {
    const char *by, *view, *sort, *filter, *tree;
};

#define LISTING_OPTION_SPECS(type, field)                                                          \
    {"by",                                                                                         \
     0,                                                                                            \
     OPTION_TEXT,                                                                                  \
     "site|function|module|package|kind|thread|label",                                             \
     "Group rows by this (site); a program sets labels with heapdiff_label.",                      \
     offsetof(type, field.by)},                                                                    \
        {"view",                                                                                   \
         0,                                                                                        \
         OPTION_TEXT,                                                                              \
         "growth|live|survivors|temporary|total",                                                  \
         "Count these bytes: grown, live now, alive after an interval, freed, all allocated.",     \
         offsetof(type, field.view)},                                                              \
        {"sort",                                                                                   \
         0,                                                                                        \
         OPTION_TEXT,                                                                              \
         "score|value|growth|live|blocks|name",                                                    \
         "Sort rows by this (growth: score; other views: value).",                                 \
         offsetof(type, field.sort)},                                                              \
        {"filter",                                                                                 \
         0,                                                                                        \
         OPTION_TEXT,                                                                              \
         "REGEX",                                                                                  \
         "Only stacks with a frame matching REGEX.",                                               \
         offsetof(type, field.filter)},                                                            \
    {                                                                                              \
        "tree", 0, OPTION_TEXT, "top-down|bottom-up",                                              \
            "Print a tree: from main to the allocations, or from these to their callers.",         \
            offsetof(type, field.tree)                                                             \
    }

struct listing_choice {
    struct listing_options options;
    regex_t filter;
    enum report_tree tree;
};

/* Turns words into a choice; COUNT is that of the snapshots. False with ERROR filled when they make
 * no sense; listing_choice_done when it was true. */
bool listing_choice_init(struct listing_choice *choice, const struct listing_words *words,
                         size_t count, struct error *error);
void listing_choice_done(struct listing_choice *choice);

#endif
