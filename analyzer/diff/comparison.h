/* comparison.h -- Snapshots set side by side: sites, ranking, parts, verdict.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#ifndef ANALYZER_DIFF_COMPARISON_H
#define ANALYZER_DIFF_COMPARISON_H

#include "diff/site.h"
#include "diff/verdict.h"

struct comparison {
    size_t count; /* of snapshots; 1: nothing to compare, sites by live bytes (heapdiff show) */
    struct store **stores;
    struct frames **frames;
    struct symbols *symbols;
    struct site_table table;
    struct site **ranked;             /* all sites, first the one that looks most like a leak */
    size_t site_count, growing_count; /* the growing ones come first in ranked */
    int64_t growth_bytes;             /* sum over growing sites, managed heaps left out */
    struct parts first_parts, growth;
    struct verdict verdict;
    const char *obstacle; /* why nothing could be compared; NULL when it could */
};

/* Loads COUNT >= 1 snapshots and compares the last with the first. NULL with ERROR filled when one
 * cannot be read. RULES are borrowed for the comparison's life. */
struct comparison *comparison_open(const char *const *paths, size_t count,
                                   const struct rules *rules, struct error *error);
void comparison_close(struct comparison *comparison);

#endif
