/* answer.h -- The functions at an address as bytes, for a pipe and for the cache.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#ifndef ANALYZER_SYMBOLS_ANSWER_H
#define ANALYZER_SYMBOLS_ANSWER_H

#include "base/memory.h"
#include "base/text.h"
#include "symbols/symbols.h"

/* Adds LIST to BYTES. An empty list adds nothing. */
void answer_encode(const struct symbol_list *list, struct text *bytes);

/* Reads LENGTH bytes into *LIST, whose texts lie in POOL; false when they are not an answer. */
bool answer_decode(const char *bytes, size_t length, struct pool *pool, struct symbol_list *list);

#endif
