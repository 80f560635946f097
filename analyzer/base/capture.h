/* capture.h -- The output of another program.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#ifndef ANALYZER_BASE_CAPTURE_H
#define ANALYZER_BASE_CAPTURE_H

#include "base/text.h"

/* Runs PROGRAM, found by PATH, without a shell and without input. Adds at most LIMIT bytes of its
 * stdout to OUT and drops its stderr. True when it ran and ended with 0. */
bool capture_output(char *const *program, size_t limit, struct text *out);

#endif
