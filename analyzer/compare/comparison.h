/* comparison.h -- Snapshots set side by side: sites, ranking, parts, verdict.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#ifndef ANALYZER_COMPARE_COMPARISON_H
#define ANALYZER_COMPARE_COMPARISON_H

#include "compare/operations.h"
#include "judge/verdict.h"
#include "sites/site.h"

struct comparison_options {
    const struct rules *rules;            /* borrowed for the comparison's life */
    const struct symbol_sources *sources; /* of names, borrowed; NULL: the usual ones */
    int64_t operations;                   /* units of work done from first to last; 0: not known */
    bool is_forced;                       /* compare snapshots of different programs too */
};

struct comparison {
    size_t count; /* of snapshots; 1: nothing to compare, sites by live bytes (heapdiff show) */
    struct store **stores;  /* in order of time; those between first and last are trimmed */
    struct frames **frames; /* NULL for those between */
    struct parts *parts;    /* per snapshot; of a comparison */
    double *x;              /* per snapshot: seconds since the first; strictly rising */
    struct symbols *symbols;
    struct site_table table;
    struct map wrappers;       /* functions of the program's own that turned out to be some */
    struct frames_sites sites; /* see sites/inlined_jit.h */
    struct site **ranked;      /* all sites, first the one that looks most like a leak */
    size_t site_count, growing_count; /* the growing ones come first in ranked */
    int64_t growth_bytes;             /* sum over growing sites, managed heaps left out */
    int64_t noise_bytes; /* live growth of the whole below this would not have been noticed */
    int64_t operations;  /* units of work done from first to last; 0: not known */
    enum operations_source operations_source;
    bool is_one_process;
    struct parts growth;
    int64_t filling; /* see struct rank_evidence */
    struct verdict verdict;
    const char *obstacle;    /* why nothing could be compared; NULL when it could */
    VEC(const char *) notes; /* what a reader should know about the input; one line each */
    struct pool *pool;
};

/* Loads COUNT >= 1 snapshots, puts them in order of time and compares the last with the first.
 * NULL with ERROR filled when one cannot be read. */
struct comparison *comparison_open_with(const char *const *paths, size_t count,
                                        const struct comparison_options *options,
                                        struct error *error);
struct comparison *comparison_open(const char *const *paths, size_t count,
                                   const struct rules *rules, struct error *error);
void comparison_close(struct comparison *comparison);

/* The site's growth for one operation, in bytes: by its trend when it has one. 0 when the number of
 * operations is not known. */
double comparison_per_operation(const struct comparison *comparison, const struct site *site);

#endif
