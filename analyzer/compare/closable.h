/* closable.h -- Native memory that belongs to objects of a runtime: it goes when they are closed.
 *
 * A TLS context, a zlib stream or an SQL statement is a small object for the collector and much
 * memory for the process. Growth of it is said as what it is, with the way to give it back.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#ifndef ANALYZER_COMPARE_CLOSABLE_H
#define ANALYZER_COMPARE_CLOSABLE_H

#include "base/text.h"
#include "compare/comparison.h"

struct closable {
    const char *what;        /* "TLS contexts" */
    const char *how;         /* "reuse one context" */
    int64_t growth;          /* bytes */
    const struct site *site; /* of the program or a dependency, that grew most; NULL: not known */
    bool outlived;           /* a collection before each snapshot: the program holds them */
};

struct closables {
    VEC(struct closable) list; /* those that grow, most first */
};

/* Borrows COMPARISON. */
struct closables *closables_new(const struct comparison *comparison);
void closables_free(struct closables *closables);

/* Adds a sentence, safe to show. */
void closable_say(const struct closable *closable, struct text *out);

#endif
