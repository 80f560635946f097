/* term.h -- What stdout can show: colour and width.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#ifndef ANALYZER_CLI_TERM_H
#define ANALYZER_CLI_TERM_H

#include <stdbool.h>

struct term {
    bool has_colour, is_terminal;
    int width; /* columns */
};

/* COLOUR is "auto", "always", "never" or NULL for auto: on a terminal, unless NO_COLOR is set. */
struct term term_of_stdout(const char *colour);

/* Escape sequences; "" without colour. */
const char *term_bold(const struct term *term);
const char *term_dim(const struct term *term);
const char *term_red(const struct term *term);
const char *term_plain(const struct term *term);

#endif
