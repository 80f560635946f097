/* json_report.h -- Comparisons and snapshots for programs: docs/compare.md describes the fields.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#ifndef ANALYZER_PRINT_JSON_REPORT_H
#define ANALYZER_PRINT_JSON_REPORT_H

#include "print/text_report.h"

void json_report_comparison(const struct comparison *comparison,
                            const struct report_options *options, struct text *out);
void json_report_snapshot(const struct comparison *comparison, const struct report_options *options,
                          struct text *out);

/* The facts of a snapshot; the caller deletes the object. */
struct cJSON *json_report_facts(const struct store *store);

#endif
