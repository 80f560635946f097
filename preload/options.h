/* options.h -- The HEAPDIFF_* variables as a table, parsed into the fields of a struct.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#ifndef OPTIONS_H
#define OPTIONS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define OPTIONS_PATH_SIZE 4096
#define OPTIONS_DEPTH_MAX 1024
#define OPTIONS_LIMITS    8

/* One limit of HEAPDIFF_AT_RSS. */
struct options_limit {
    uint64_t bytes; /* 0: a share of the memory that the process may use */
    double percent;
    char text[16]; /* as it was written */
};

struct options_limits {
    struct options_limit limits[OPTIONS_LIMITS];
    unsigned count;
};

struct options {
    char out[OPTIONS_PATH_SIZE];  /* HEAPDIFF_OUT, placeholders not yet filled in */
    uint64_t sample;              /* HEAPDIFF_SAMPLE: 0 or mean bytes */
    uint64_t python_sample;       /* HEAPDIFF_PYTHON_SAMPLE: the same of CPython; 0: no other */
    uint64_t seed;                /* HEAPDIFF_SEED: 0: another one in every run */
    unsigned depth;               /* HEAPDIFF_DEPTH: 1 … OPTIONS_DEPTH_MAX */
    double interval;              /* HEAPDIFF_INTERVAL: seconds, 0 = off */
    double timeline;              /* HEAPDIFF_TIMELINE: seconds, 0 = off */
    int signal;                   /* HEAPDIFF_SIGNAL: number, 0 = off */
    struct options_limits at_rss; /* HEAPDIFF_AT_RSS */
    bool at_exit, follow, verbose, quiet, thread, threads, blocks, python;
};

extern struct options options;

enum option_type {
    OPTION_PATH,    /* char[OPTIONS_PATH_SIZE] */
    OPTION_BYTES,   /* uint64_t */
    OPTION_SEED,    /* uint64_t; "random" is 0 */
    OPTION_DEPTH,   /* unsigned */
    OPTION_SECONDS, /* double; "off" is 0 */
    OPTION_SIGNAL,  /* int; "off" is 0 */
    OPTION_LIMITS,  /* struct options_limits; "off" is none */
    OPTION_FLAG,    /* bool */
};

/* One row of the table behind the variables: for HEAPDIFF_VERBOSE, snapshots and the docs. */
struct option_row {
    const char *name;     /* HEAPDIFF_… */
    const char *fallback; /* the default, as one would write it */
    const char *meaning;  /* one sentence */
    size_t offset;        /* of the field in struct options */
    enum option_type type;
    bool is_set;
    const char *value; /* in force; points into the environment or to fallback */
};

/* Reads the environment. A value that makes no sense counts as not set, and is reported through
 * options_complaint (NULL when all was well). */
void options_read(void);
const char *options_complaint(void);

/* The table, ended by a row without a name. */
const struct option_row *options_table(void);

#endif
