/* sources.h -- The lines round the frames of a page, where this machine has their files.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#ifndef ANALYZER_HTML_SOURCES_H
#define ANALYZER_HTML_SOURCES_H

#include "compare/comparison.h"
#include "html/words.h"

/* "sources":[[file,line,first line,text,changed],…]: file by its number in WORDS;
 * changed: 1 when the file is younger than the last snapshot. Of the first COUNT sites. A snapshot
 * can name any file, so only those are read whose ending is that of a programming language. */
void sources_write(const struct comparison *comparison, size_t count, struct words *words,
                   struct text *out);

#endif
