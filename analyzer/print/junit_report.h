/* junit_report.h -- A gate's result for CI systems that read JUnit's XML.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#ifndef ANALYZER_PRINT_JUNIT_REPORT_H
#define ANALYZER_PRINT_JUNIT_REPORT_H

#include "compare/gate.h"

/* One test for the gate as a whole and one for every site that counts and grew: failed when it grew
 * beyond what is accepted. What was not measurable is an error, never a pass. */
void junit_report(const struct comparison *comparison, const struct gate *gate,
                  const struct gate_result *result, struct text *out);

#endif
