/* log.c -- The few lines that the shim says: one write(2) each, capped.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include "base/log.h"

#include <errno.h>
#include <stdarg.h>
#include <stdatomic.h>
#include <stdio.h>
#include <unistd.h>

static atomic_int said;

void log_line(const char *format, ...)
{
    static const char prefix[] = "heapdiff: ";
    char line[4600];
    int saved = errno;
    if (atomic_fetch_add(&said, 1) >= LOG_LINES)
        return;
    int length = snprintf(line, sizeof line - 1, "%s", prefix);
    va_list arguments;
    va_start(arguments, format);
    length += vsnprintf(line + length, sizeof line - 1 - (size_t)length, format, arguments);
    va_end(arguments);
    if (length > (int)sizeof line - 2)
        length = (int)sizeof line - 2;
    line[length++] = '\n';
    ssize_t written = write(STDERR_FILENO, line, (size_t)length);
    (void)written; /* a closed stderr is the program's right */
    errno = saved;
}
