/* progress.h -- The progress of long work, on one line of stderr that is removed again.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#ifndef ANALYZER_BASE_PROGRESS_H
#define ANALYZER_BASE_PROGRESS_H

/* Shows a line only when stderr is a terminal, after the first second, and at most five times a
 * second. So it may be called often. */
void progress_say(const char *format, ...) __attribute__((format(printf, 1, 2)));

/* Removes the line; call it before any other output. */
void progress_end(void);

#endif
