/* resources_report.h -- Timers, sockets, Workers and contexts that became more; what to close.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#ifndef ANALYZER_PRINT_RESOURCES_REPORT_H
#define ANALYZER_PRINT_RESOURCES_REPORT_H

#include "compare/comparison.h"

#include <cjson/cJSON.h>

/* A sentence for each that grows, a line each, without markup. */
void resources_report_text(const struct comparison *comparison, struct text *out);

/* Adds the arrays "resources" and "closable" of docs/compare.md. */
void resources_report_json(const struct comparison *comparison, cJSON *root);

#endif
