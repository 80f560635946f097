/* ranking.h -- The sites of a comparison, judged and put in order.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#ifndef ANALYZER_COMPARE_RANKING_H
#define ANALYZER_COMPARE_RANKING_H

#include "compare/comparison.h"

/* Fills rank and score of each site and orders ranked; fills growing_count and the sums of a
 * comparison whose table of sites is finished. */
void ranking_make(struct comparison *comparison);

#endif
