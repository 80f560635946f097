/* capture.h -- What another program prints.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#ifndef ANALYZER_BASE_CAPTURE_H
#define ANALYZER_BASE_CAPTURE_H

#include "base/text.h"

/* Runs PROGRAM, found by PATH, without a shell and without input; its stdout, at most LIMIT bytes,
 * is added to OUT, its stderr is dropped. True when it could be run and ended with 0. */
bool capture_output(char *const *program, size_t limit, struct text *out);

#endif
