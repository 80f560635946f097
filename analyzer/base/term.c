/* term.c -- What stdout can show: colour, width, UTF-8.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include "base/term.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
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

/* Looks at the variables and not at the locale's files, which containers often lack. Without any
 * variable UTF-8 is assumed. */
static bool has_utf8(void)
{
    static const char *const names[] = {"LC_ALL", "LC_CTYPE", "LANG"};
    for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
        const char *locale = getenv(names[i]);
        if (locale && *locale)
            return strcasestr(locale, "utf-8") || strcasestr(locale, "utf8");
    }
    return true;
}

/* The ASCII form of one of our own characters of three bytes; NULL for any other. */
static const char *plain_of(const char *bytes)
{
    unsigned char last = (unsigned char)bytes[2];
    if (strncmp(bytes, "\xe2\x96", 2) == 0 && last >= 0x81 && last <= 0x8f)
        return last <= 0x83 ? "." : last <= 0x86 ? "+" : last <= 0x8c ? "#" : "|";
    if (strncmp(bytes, "\xe2\x96\x91", 3) == 0)
        return "-";
    if (strncmp(bytes, "\xe2\x94", 2) == 0)
        return last == 0x94 ? "`" : "|";
    return strncmp(bytes, "\xe2\x80\xa6", 3) == 0 ? "..." : NULL;
}

void term_print(const struct text *text)
{
    bool is_plain = !has_utf8();
    const char *at = text->bytes, *end = at + text->length;
    while (is_plain && at < end) {
        const char *next = memchr(at, 0xe2, (size_t)(end - at));
        next = next ? next : end;
        fwrite(at, 1, (size_t)(next - at), stdout);
        const char *plain = end - next >= 3 ? plain_of(next) : NULL;
        if (plain)
            fputs(plain, stdout);
        else
            fwrite(next, 1, next < end, stdout);
        at = next + (plain ? 3 : next < end);
    }
    fwrite(at, 1, (size_t)(end - at), stdout);
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
