/* processes_report.h -- The processes behind a comparison: which are summed, how each grew.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#ifndef ANALYZER_PRINT_PROCESSES_REPORT_H
#define ANALYZER_PRINT_PROCESSES_REPORT_H

#include "compare/comparison.h"

#include <cjson/cJSON.h>

/* Add nothing when the snapshots are of one process. */
void processes_report_text(const struct comparison *comparison, struct text *out);
void processes_report_markdown(const struct comparison *comparison, struct text *out);

/* Adds the arrays and objects "processes" and "work" of docs/compare.md. */
void processes_report_json(const struct comparison *comparison, cJSON *root);

#endif
