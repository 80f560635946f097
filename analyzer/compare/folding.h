/* folding.h -- One row for the sites of one place.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#ifndef ANALYZER_COMPARE_FOLDING_H
#define ANALYZER_COMPARE_FOLDING_H

#include "compare/comparison.h"

/* A function that keeps a buffer and some mallocs for each request is a site of each kind, but one
 * leak. Sets the leader of sites whose place has a listed site that ranks before them, and orders
 * ranked again: rows, sites inside of these, sites too small for a row, the others. After
 * conclude(), which goes by rank alone. */
void folding_make(struct comparison *comparison);

/* The next site inside of LEADER's row; AFTER: the one before it, NULL: the first. NULL: no more.
 */
const struct site *folding_next(const struct comparison *comparison, const struct site *leader,
                                const struct site *after);

#endif
