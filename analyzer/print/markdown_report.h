/* markdown_report.h -- A comparison for a pull request: verdict, parts and sites as tables.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#ifndef ANALYZER_PRINT_MARKDOWN_REPORT_H
#define ANALYZER_PRINT_MARKDOWN_REPORT_H

#include "print/text_report.h"

void markdown_report(const struct comparison *comparison, const struct report_options *options,
                     struct text *out);

#endif
