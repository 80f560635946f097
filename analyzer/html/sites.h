/* sites.h -- The sites of a page: what is known about each, in columns.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#ifndef ANALYZER_HTML_SITES_H
#define ANALYZER_HTML_SITES_H

#include "compare/comparison.h"
#include "html/words.h"

/* "sites":{"fields":[…],"rows":[…]} of the first COUNT sites as ranked, and "sites_left_out".
 * SITE_INDEX: by number in the table, the number on the page or -1. */
void sites_write(const struct comparison *comparison, const int64_t *site_index, size_t count,
                 struct words *words, struct text *out);

/* "sizes" and "ages" of the sites that SITE_INDEX (by number in the table) knows, each a list of
 * lists: [class, blocks first, bytes first, blocks last, bytes last, …] and
 * [epoch, blocks, bytes, …] of the last snapshot. COUNT: of sites on the page. */
void sites_write_histograms(const struct comparison *comparison, const int64_t *site_index,
                            size_t count, struct text *out);

#endif
