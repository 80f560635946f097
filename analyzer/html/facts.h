/* facts.h -- The facts about the snapshots on a page, and how far they can be trusted.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#ifndef ANALYZER_HTML_FACTS_H
#define ANALYZER_HTML_FACTS_H

#include "compare/comparison.h"

/* Objects for cJSON_PrintUnformatted: an array of snapshots, the verdict with its parts, notes, and
 * of the last snapshot counters, options' effect and names found. To be given to cJSON_Delete. */
struct cJSON;
struct cJSON *facts_snapshots(const struct comparison *comparison);
struct cJSON *facts_verdict(const struct comparison *comparison);
struct cJSON *facts_notes(const struct comparison *comparison);
struct cJSON *facts_coverage(const struct comparison *comparison);

#endif
