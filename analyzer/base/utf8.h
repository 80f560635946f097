/* utf8.h -- Characters of UTF-8: decoding, cutting, width on a terminal.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#ifndef ANALYZER_BASE_UTF8_H
#define ANALYZER_BASE_UTF8_H

#include <stddef.h>
#include <stdint.h>

/* Decodes the character at S, which a zero ends; returns its length, 0 when it is invalid. */
size_t utf8_decode(const char *s, int32_t *character);

/* The largest length up to LENGTH at which S, which is at least that long, can be cut without
 * cutting a character. */
size_t utf8_cut(const char *s, size_t length);

/* Columns that S takes on a terminal: two for each wide character of East Asian scripts, none for
 * each combining mark. */
size_t utf8_columns(const char *s);

#endif
