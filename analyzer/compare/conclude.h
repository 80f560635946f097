/* conclude.h -- From the facts of a comparison to its verdict.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#ifndef ANALYZER_COMPARE_CONCLUDE_H
#define ANALYZER_COMPARE_CONCLUDE_H

#include "compare/comparison.h"

/* Fills obstacle, growth and verdict of a comparison whose sites are ranked. IS_FORCED: snapshots
 * of different programs give a note, not an obstacle. */
void conclude(struct comparison *comparison, bool is_forced);

#endif
