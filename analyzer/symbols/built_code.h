/* built_code.h -- The text of a built file: where its map is, and where names stand in it.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#ifndef ANALYZER_SYMBOLS_BUILT_CODE_H
#define ANALYZER_SYMBOLS_BUILT_CODE_H

#include "base/memory.h"
#include "base/text.h"

/* Zero-initialise it. */
struct built_code {
    struct text text;
    VEC(size_t) lines; /* where each begins */
};

/* Takes TEXT over. */
struct built_code built_code_of(struct text *text);
void built_code_done(struct built_code *code);

/* What the last comment `//# sourceMappingURL=…` says; NULL: there is none. In POOL. */
const char *built_code_map_url(const struct built_code *code, struct pool *pool);

/* The column at which NAME, of the function at LINE and COLUMN, stands: before it, or in front of
 * "=" or ":". Columns count from 1, in units of UTF-16. 0 when it does not stand there. */
int built_code_name_column(const struct built_code *code, int line, int column, const char *name);

/* The column at which NAME stands in LINE where a function of this name is defined; 0 when that is
 * nowhere, or in several places. */
int built_code_definition_column(const struct built_code *code, int line, const char *name);

#endif
