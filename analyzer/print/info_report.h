/* info_report.h -- The facts of a snapshot, its share of names, and how far it can be trusted.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#ifndef ANALYZER_PRINT_INFO_REPORT_H
#define ANALYZER_PRINT_INFO_REPORT_H

#include "base/text.h"
#include "frames/coverage.h"

struct info {
    const struct store *store;
    struct coverage coverage;
    const char **advice; /* by module of the coverage; NULL: nothing is missing */
    size_t truncated_stacks, stacks;
};

void info_report_text(const struct info *info, struct text *out);

/* Fields: docs/names.md. */
void info_report_json(const struct info *info, struct text *out);

#endif
