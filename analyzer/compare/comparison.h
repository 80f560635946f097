/* comparison.h -- Snapshots set side by side: sites, ranking, parts, verdict.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#ifndef ANALYZER_COMPARE_COMPARISON_H
#define ANALYZER_COMPARE_COMPARISON_H

#include "compare/operations.h"
#include "compare/snapshots.h"
#include "compare/workload.h"
#include "judge/verdict.h"
#include "sites/site.h"

struct comparison_options {
    const struct rules *rules;            /* borrowed for the comparison's life */
    struct symbols *symbols;              /* borrowed, with what they know; NULL: by SOURCES */
    const struct symbol_sources *sources; /* of names, borrowed; NULL: the usual ones */
    int64_t operations;                   /* units of work done from first to last; 0: not known */
    const struct workload *workload;      /* borrowed; NULL: only the snapshots know */
    bool is_forced;                       /* compare snapshots of different programs too */
};

/* One process whose snapshots were given; borrowed by the comparison of its program. */
struct comparison_process {
    int64_t pid;
    const char *command; /* as recorded: untrusted text */
    size_t lives;        /* of its program, when one ended before the next began; else 1 */
    int64_t rss_growth;  /* bytes; growth_bytes: of its growing sites */
    int64_t growth_bytes;
    const char *const *paths; /* of its snapshots */
    size_t path_count;
    bool is_summed; /* a part of this comparison */
};

struct comparison {
    size_t count; /* of snapshots; 1: nothing to compare, sites by live bytes (heapdiff show) */
    struct snapshots snapshots;
    struct store **stores;  /* theirs; those between first and last are trimmed, if of files */
    struct frames **frames; /* NULL for those between */
    struct parts *parts;    /* per snapshot; of a comparison */
    double *x;              /* per snapshot: seconds since the first; strictly rising */
    struct symbols *symbols, *own_symbols; /* the latter: NULL when they are borrowed */
    const struct rules *rules;
    struct site_table table;
    struct map wrappers;              /* functions of the program that allocate for their callers */
    struct frames_sites sites;        /* see sites/inlined_jit.h */
    struct base_names base_names;     /* of the files of all frames */
    struct site **ranked;             /* all sites, first the one that looks most like a leak */
    size_t site_count, growing_count; /* the growing ones come first in ranked */
    size_t listed_count;              /* the first of these: each has a row in lists */
    size_t folded_count;              /* the next: in the rows of others, see compare/folding.h */
    int64_t growth_bytes;             /* sum over growing sites, managed heaps left out */
    int64_t noise_bytes;              /* smaller growth of all live bytes would not be noticed */
    int64_t operations;               /* units of work done from first to last; 0: not known */
    enum operations_source operations_source;
    const struct workload *workload;            /* NULL: only the snapshots know */
    const struct comparison_process *processes; /* when there are several; borrowed */
    size_t process_count;
    bool is_one_process;
    struct parts growth;
    int64_t filling; /* see struct rank_evidence */
    struct verdict verdict;
    const char *obstacle;    /* why nothing could be compared; NULL when it could */
    VEC(const char *) notes; /* what a reader should know about the input; one line each */
    struct pool *pool;
};

/* Loads COUNT >= 1 snapshots, sorts them by time and compares the last with the first. NULL with
 * ERROR filled when one cannot be read. */
struct comparison *comparison_open_with(const char *const *paths, size_t count,
                                        const struct comparison_options *options,
                                        struct error *error);
struct comparison *comparison_open(const char *const *paths, size_t count,
                                   const struct rules *rules, struct error *error);

/* The same of stores that store_open made. They stay as they are and must outlive the comparison.
 */
struct comparison *comparison_of_stores(struct store *const *stores, size_t count,
                                        const struct comparison_options *options);

/* Of the processes of one program together; LIVES is borrowed. */
struct comparison *comparison_of_lives(const struct lives *lives, const struct program *program,
                                       const struct comparison_options *options,
                                       struct error *error);

void comparison_close(struct comparison *comparison);

/* The site's growth per operation, in bytes: by its trend when it has one. 0 when the number of
 * operations is not known. */
double comparison_per_operation(const struct comparison *comparison, const struct site *site);

#endif
