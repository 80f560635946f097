/* timeline.h -- What was measured between the snapshots, for a page.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#ifndef ANALYZER_HTML_TIMELINE_H
#define ANALYZER_HTML_TIMELINE_H

#include "compare/comparison.h"

/* Adds "timeline":[{"pid","name","statistic","points":[seconds since the first snapshot, value,
 * …]}, …]: the series of each process, from its last snapshot. */
void timeline_write(const struct comparison *comparison, struct text *out);

#endif
