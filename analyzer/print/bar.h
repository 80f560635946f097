/* bar.h -- Numbers as bars and as lines of tiny columns.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#ifndef ANALYZER_PRINT_BAR_H
#define ANALYZER_PRINT_BAR_H

#include "base/text.h"

#include <stdint.h>

/* Adds a bar of VALUE against LARGEST, WIDTH columns at most, and blanks up to WIDTH: pale when
 * VALUE is negative. */
void bar_add(struct text *out, int64_t value, int64_t largest, int width);

/* Adds one column a value, up to WIDTH (evenly picked): how a series went, from 0 to its largest.
 */
void bar_add_series(struct text *out, const int64_t *values, size_t count, int width);

#endif
