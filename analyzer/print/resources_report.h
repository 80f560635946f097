/* resources_report.h -- Timers, sockets, Workers and contexts that became more.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#ifndef ANALYZER_PRINT_RESOURCES_REPORT_H
#define ANALYZER_PRINT_RESOURCES_REPORT_H

#include "compare/comparison.h"

#include <cjson/cJSON.h>

/* A sentence for each that grows, a line each. */
void resources_report_text(const struct comparison *comparison, struct text *out);

/* Adds the array "resources" of docs/compare.md. */
void resources_report_json(const struct comparison *comparison, cJSON *root);

#endif
