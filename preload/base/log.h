/* log.h -- The few lines that the shim says: one write(2) each, capped.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#ifndef BASE_LOG_H
#define BASE_LOG_H

/* One line on stderr, "heapdiff: " in front; at most LOG_LINES in the life of a process, so that
 * nothing can fill a disk. Not for the hot path. */
#define LOG_LINES 200
void log_line(const char *format, ...) __attribute__((format(printf, 1, 2)));

/* At the start: remembers which file stderr is. Lines go to this file only, even if its number is
 * used again. */
void log_begin(void);

/* Nothing is said from now on: in a child, and when the user wishes so. */
void log_silence(void);

/* Keeps a copy of stderr, for lines that come after the program has closed it. Only for a process
 * that is about to end: until then the shim holds no descriptors. */
void log_keep_stderr(void);

#endif
