/* resources.h -- What a runtime counts beside memory: timers, sockets, Workers, contexts.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#ifndef ANALYZER_COMPARE_RESOURCES_H
#define ANALYZER_COMPARE_RESOURCES_H

#include "base/text.h"
#include "compare/comparison.h"

struct resource {
    const char *what; /* "timers", "sockets", …: a word of docs/compare.md, or Node's own name */
    const char *fate; /* what the program did not do: "were set and not cleared" */
    double *count;    /* per snapshot */
    double growth;    /* last - first */
    bool is_growing;  /* by so many that it is worth a sentence, and it goes on */
    const struct site *site; /* where they come from; NULL: not known */
    size_t rank;             /* of that site, from 1; 0: it is not known, or not said to grow */
};

struct resources {
    VEC(struct resource) list; /* those that grow most first */
    struct pool *pool;
};

/* Borrows COMPARISON. */
struct resources *resources_new(const struct comparison *comparison);
void resources_free(struct resources *resources);

/* Adds a sentence about one that grows, safe to show: "3,000 timers were set and not cleared: f
 * (a.js:1) (7 at first, 3,007 now)." */
void resources_say(const struct resource *resource, struct text *out);

#endif
