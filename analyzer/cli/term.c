/* term.c -- What stdout can show: colour and width.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include "cli/term.h"

#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <unistd.h>

#define DEFAULT_WIDTH 100
#define LEAST_WIDTH   40

static bool wants_colour(const char *colour)
{
    if (colour && strcmp(colour, "auto") != 0)
        return strcmp(colour, "always") == 0;
    const char *no_color = getenv("NO_COLOR"), *kind = getenv("TERM");
    if (no_color && *no_color)
        return false;
    return isatty(STDOUT_FILENO) && !(kind && strcmp(kind, "dumb") == 0);
}

static int find_width(void)
{
    struct winsize size;
    const char *columns = getenv("COLUMNS");
    int width = columns ? atoi(columns) : 0;
    if (width <= 0 && ioctl(STDOUT_FILENO, TIOCGWINSZ, &size) == 0)
        width = size.ws_col;
    if (width <= 0 || width > 1000)
        width = DEFAULT_WIDTH;
    return width < LEAST_WIDTH ? LEAST_WIDTH : width;
}

struct term term_of_stdout(const char *colour)
{
    return (struct term){.has_colour = wants_colour(colour),
                         .is_terminal = isatty(STDOUT_FILENO),
                         .width = find_width()};
}

const char *term_bold(const struct term *term)
{
    return term->has_colour ? "\033[1m" : "";
}

const char *term_dim(const struct term *term)
{
    return term->has_colour ? "\033[2m" : "";
}

const char *term_red(const struct term *term)
{
    return term->has_colour ? "\033[31m" : "";
}

const char *term_plain(const struct term *term)
{
    return term->has_colour ? "\033[0m" : "";
}
