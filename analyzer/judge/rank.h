/* rank.h -- How much a site looks like a leak: growth weighed by evidence. See docs/ranking.md.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#ifndef ANALYZER_JUDGE_RANK_H
#define ANALYZER_JUDGE_RANK_H

#include "judge/trend.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* What is known about a site between the first snapshot and the last; -1 stands for unknown. */
struct rank_evidence {
    const int64_t *live_bytes; /* per snapshot; live_blocks alike */
    const int64_t *live_blocks;
    const double *x; /* per snapshot: seconds or units of work; rises strictly */
    size_t count;    /* of snapshots */
    int64_t allocated_bytes, allocations; /* in between, freed or not */
    int64_t old_bytes, old_blocks;        /* of the first snapshot, still alive in the last */
    int64_t survivors; /* bytes allocated after the first and before the last but one, still live */
    double deviation;  /* standard deviation of the growth by sampling; 0: all blocks were seen */
    bool is_managed;   /* the mapping of a managed heap, which has a collector */
    bool is_scratch;   /* of a compiler at work: it goes when the work is done */
    bool is_collected; /* objects of such a heap, counted after a collection: what is there is kept
                        */
    int64_t usual;   /* bytes by which a site of a healthy program may grow between two snapshots */
    int64_t floor;   /* bytes: less growth is not listed */
    int64_t filling; /* bytes by which the allocator's resident memory grew in the second half of a
                        series, and goes on to; 0: it does not */
};

enum rank_pattern {
    PATTERN_FLAT,       /* as large as before, or smaller */
    PATTERN_NOISE,      /* larger, but within what sampling or churn move it by */
    PATTERN_FLUCTUATES, /* goes up and down, and happens to be up */
    PATTERN_SETTLED,    /* grew, and has stopped */
    PATTERN_IN_FLIGHT,  /* larger, but it keeps next to nothing, and all of it is young: it may be
                           work that is under way */
    PATTERN_ONCE,       /* one allocation made all of the growth */
    PATTERN_GREW,       /* grew; two snapshots cannot say more */
    PATTERN_RISES,      /* three or more: keeps growing */
};

struct rank {
    enum rank_pattern pattern;
    bool is_growing; /* PATTERN_ONCE and above */
    bool is_small;   /* … by less than the floor: not listed */
    double evidence; /* 0 nothing speaks for a leak … 1 everything does; 0 when not growing */
    double kept;     /* growth as a share of the bytes allocated in between; -1: unknown */
    double noise;    /* bytes: growth up to this is not claimed */
    bool has_trend;
    struct trend trend; /* of live bytes over x */
};

/* Evidence of so much convinces by itself. */
#define RANK_CONVINCING 0.5

/* TOTAL is the growth of all sites together: less than a thousandth of it is noise. */
struct rank rank_judge(const struct rank_evidence *evidence, int64_t total);

/* The evidence times the root of size: GROWTH against LARGEST, the largest growth of any site. */
double rank_score(double evidence, int64_t growth, int64_t largest);

/* "rises", "settled", …: the names of the JSON format. */
const char *rank_pattern_name(enum rank_pattern pattern);

#endif
