/* error.c -- Filling in a struct error.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include "base/error.h"

#include <stdarg.h>
#include <stdio.h>

bool error_set(struct error *error, const char *hint, const char *format, ...)
{
    va_list arguments;
    va_start(arguments, format);
    error->code = EXIT_UNUSABLE;
    vsnprintf(error->message, sizeof error->message, format, arguments);
    snprintf(error->hint, sizeof error->hint, "%s", hint ? hint : "");
    va_end(arguments);
    return false;
}
