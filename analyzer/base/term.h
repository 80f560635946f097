/* term.h -- What stdout can show: colour, width, UTF-8.
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

/* Writes TEXT to stdout. In a locale without UTF-8 (LC_ALL=C) our own bars, branches and ellipses
 * become ASCII; names stay as they are. */
void term_print(const struct text *text);

/* Escape sequences; "" without colour. */
const char *term_bold(const struct term *term);
const char *term_dim(const struct term *term);
const char *term_red(const struct term *term);
const char *term_plain(const struct term *term);

#endif
