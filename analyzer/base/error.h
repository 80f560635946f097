/* error.h -- An error and the way out of it.
 *
 * Functions that can fail return false and fill a struct error; nothing but main.c prints it.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#ifndef ANALYZER_BASE_ERROR_H
#define ANALYZER_BASE_ERROR_H

#include <stdbool.h>

/* Exit codes of the command; an error carries the one it leads to. */
enum exit_code {
    EXIT_DONE = 0,
    EXIT_EXCEEDED = 1,       /* a threshold that was asked for */
    EXIT_UNUSABLE = 2,       /* wrong usage or unreadable input */
    EXIT_NOT_MEASURABLE = 3, /* never a pass without a measurement */
};

struct error {
    int code;           /* enum exit_code, or 126/127 when a program could not be started */
    char message[1024]; /* one line, without a full stop */
    char hint[512];     /* what to do about it; "" when the message says it all */
};

/* Fills ERROR with code EXIT_UNUSABLE; HINT may be NULL. Always returns false, so that a caller can
 * say `return error_set(…)`. */
bool error_set(struct error *error, const char *hint, const char *format, ...)
    __attribute__((format(printf, 3, 4)));

#endif
