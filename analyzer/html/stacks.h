/* stacks.h -- All stacks of a comparison as one tree, for flame graphs and for a site's callers.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#ifndef ANALYZER_HTML_STACKS_H
#define ANALYZER_HTML_STACKS_H

#include "compare/listing.h"
#include "html/words.h"

/* The tree as "nodes":[parent,frame,…] (callers before callees; -1: outermost) and the stacks as
 * "stacks":{"fields":[…],"rows":[…]} with the node of the leaf, the index of the site and bytes.
 * Only sites that SITE_INDEX (by number in the table) knows, and of their stacks the MOST that
 * weigh most; "stacks_left_out" says how many are missing. ROWS gets, by index of the table's
 * members, which row each is; -1: none. */
void stacks_write(const struct comparison *comparison, const int64_t *site_index, size_t most,
                  struct words *words, int64_t *rows, struct text *out);

#endif
