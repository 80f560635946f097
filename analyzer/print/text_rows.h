/* text_rows.h -- A listing as a table for people.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#ifndef ANALYZER_PRINT_TEXT_ROWS_H
#define ANALYZER_PRINT_TEXT_ROWS_H

#include "print/text_report.h"

/* A line of headings and one a row, with the callers of sites; as many columns as there is room. */
void text_rows(const struct comparison *comparison, const struct listing *listing,
               const struct report_options *options, struct text *out);

#endif
