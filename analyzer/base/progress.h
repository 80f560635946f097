/* progress.h -- What long work has come to, on one line of stderr that goes away again.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#ifndef ANALYZER_BASE_PROGRESS_H
#define ANALYZER_BASE_PROGRESS_H

/* Shown only when stderr is a terminal, from the second that the program has run on, and five times
 * a second: may be called as often as is handy. */
void progress_say(const char *format, ...) __attribute__((format(printf, 1, 2)));

/* Takes the line away, before anything else is said. */
void progress_end(void);

#endif
