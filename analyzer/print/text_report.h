/* text_report.h -- Comparisons and snapshots for people.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#ifndef ANALYZER_PRINT_TEXT_REPORT_H
#define ANALYZER_PRINT_TEXT_REPORT_H

#include "base/term.h"
#include "compare/gate.h"
#include "compare/listing.h"
#include "objects/objects.h"

enum report_tree { TREE_NONE, TREE_TOP_DOWN, TREE_BOTTOM_UP };

struct report_options {
    struct term term;
    int64_t top;                           /* most sites listed */
    bool all_sites;                        /* also those that do not grow; TOP holds nevertheless */
    bool all_frames;                       /* every frame of a stack, one a line */
    const struct gate_result *result;      /* of --fail-on-growth; NULL without it */
    const struct listing_options *listing; /* NULL: sites as ranked */
    enum report_tree tree;
    const struct objects *objects; /* of heap snapshots beside; NULL: there are none */
    int64_t objects_top;           /* most types of them listed */
};

/* How many sites of the comparison are to be listed. */
size_t report_site_count(const struct comparison *comparison, const struct report_options *options);

/* Verdict, parts, sites. */
void text_report_comparison(const struct comparison *comparison,
                            const struct report_options *options, struct text *out);

/* What is live in one snapshot, by site (a comparison of one). */
void text_report_snapshot(const struct comparison *comparison, const struct report_options *options,
                          struct text *out);

#endif
