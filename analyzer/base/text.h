/* text.h -- Growing texts, and untrusted texts made safe to show.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#ifndef ANALYZER_BASE_TEXT_H
#define ANALYZER_BASE_TEXT_H

#include <stdbool.h>
#include <stddef.h>

/* Zero-initialise it; text_done frees it. BYTES is zero-terminated once anything was added. */
struct text {
    char *bytes;
    size_t length, capacity;
};

void text_done(struct text *text);
void text_add(struct text *text, const char *more);
void text_add_n(struct text *text, const char *more, size_t length);
void text_format(struct text *text, const char *format, ...) __attribute__((format(printf, 2, 3)));

/* Adds untrusted text: invalid UTF-8 becomes U+FFFD. With FOR_TERMINAL, control characters and
 * those that change the direction of writing become '?', so that no name can control a terminal. */
void text_add_clean(struct text *text, const char *untrusted, bool for_terminal);

/* Adds MORE and blanks, at the other SIDE of it, that make it WIDTH columns wide on a terminal. */
enum text_side { TEXT_LEFT, TEXT_RIGHT };
void text_add_padded(struct text *text, const char *more, size_t width, enum text_side side);

/* The part after the last '/'; borrowed from PATH. */
const char *text_base_name(const char *path);

bool text_starts(const char *text, const char *start);

/* How many characters must be changed, added or removed to make A out of B (Levenshtein). */
size_t text_distance(const char *a, const char *b);

/* Reads a whole file of at most LIMIT bytes into TEXT; false with errno set when that fails. */
bool text_read_file(struct text *text, const char *path, size_t limit);

#endif
