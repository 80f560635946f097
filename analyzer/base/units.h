/* units.h -- Bytes in words: 61.2 MiB, +512 B; and back.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#ifndef ANALYZER_BASE_UNITS_H
#define ANALYZER_BASE_UNITS_H

#include <stdbool.h>
#include <stdint.h>

/* A short text by value, so that one printf can take several. */
struct units_text {
    char text[32];
};

struct units_text units_bytes(int64_t bytes);        /* 61.2 MiB */
struct units_text units_signed_bytes(int64_t bytes); /* +61.2 MiB, -3 B, 0 B */
struct units_text units_count(int64_t count);        /* 1,234,567 */
struct units_text units_signed_count(int64_t count); /* +1,234 */

struct units_text units_seconds(double seconds); /* 0.3 s, 42 s, 12 min, 3.5 h, 2.1 days */

/* "1MiB", "500k", "1.5 GB", "4096": k, M, G, T are powers of 1024 with or without "iB", and of 1000
 * with "B" alone (kB, MB). False when TEXT is no size. */
bool units_parse(const char *text, int64_t *bytes);

#endif
