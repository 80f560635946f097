/* map_url.h -- URLs in and of source maps, as paths.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#ifndef ANALYZER_SYMBOLS_MAP_URL_H
#define ANALYZER_SYMBOLS_MAP_URL_H

#include "base/memory.h"
#include "base/text.h"

/* "data:application/json;base64,…" */
bool map_url_is_data(const char *url);

/* Adds what a data: URL holds to OUT; false when it is faulty. */
bool map_url_decode(const char *url, struct text *out);

/* The path that URL leads to from FOLDER, which ends with '/' or is empty; NULL when it leads to
 * another machine. In POOL. */
const char *map_url_path(const char *url, const char *folder, struct pool *pool);

/* The path of a source that a map below FOLDER names. A bundler's own URLs (webpack://app/./src/x)
 * are given as the path in them. In POOL. */
const char *map_url_source(const char *source, const char *folder, struct pool *pool);

#endif
