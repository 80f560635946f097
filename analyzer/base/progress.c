/* progress.c -- The progress of long work, on one line of stderr that is removed again.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include "base/progress.h"

#include "base/clock.h"

#include <stdarg.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <unistd.h>

#define FIRST_NS ((int64_t)1000 * 1000 * 1000)
#define EVERY_NS ((int64_t)200 * 1000 * 1000)

static struct {
    bool is_known, is_terminal; /* whether anyone looks */
    bool is_shown;
    int64_t next_ns;
} state;

static bool is_due(void)
{
    if (!state.is_known) {
        state.is_known = true;
        state.is_terminal = isatty(STDERR_FILENO);
        state.next_ns = clock_now() + FIRST_NS;
    }
    return state.is_terminal && clock_now() >= state.next_ns;
}

void progress_say(const char *format, ...)
{
    va_list arguments;
    if (!is_due())
        return;
    fputs("\r\033[Kheapdiff: ", stderr);
    va_start(arguments, format);
    vfprintf(stderr, format, arguments);
    va_end(arguments);
    fflush(stderr);
    state.is_shown = true;
    state.next_ns = clock_now() + EVERY_NS;
}

void progress_end(void)
{
    if (state.is_shown)
        fputs("\r\033[K", stderr);
    state.is_shown = false;
}
