/* term.h -- What stdout can show: colour, width, letters.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#ifndef ANALYZER_BASE_TERM_H
#define ANALYZER_BASE_TERM_H

#include "base/text.h"

#include <stdbool.h>

struct term {
    bool has_colour, is_terminal;
    int width; /* columns */
};

/* COLOUR is "auto", "always", "never" or NULL for auto: on a terminal, unless NO_COLOR is set. */
struct term term_of_stdout(const char *colour);

/* Writes TEXT to stdout: in a locale that is said to be without UTF-8 (LC_ALL=C), bars, branches
 * and ellipses of our own in ASCII. Names stay as they are. */
void term_print(const struct text *text);

/* Escape sequences; "" without colour. */
const char *term_bold(const struct term *term);
const char *term_dim(const struct term *term);
const char *term_red(const struct term *term);
const char *term_plain(const struct term *term);

#endif
