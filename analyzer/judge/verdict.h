/* verdict.h -- One sentence: is it a leak, the JS heap, retention, a mapping, or nothing?
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#ifndef ANALYZER_JUDGE_VERDICT_H
#define ANALYZER_JUDGE_VERDICT_H

#include "base/text.h"
#include "judge/parts.h"
#include "judge/runtime.h"

enum verdict_kind {
    VERDICT_LEAK,
    VERDICT_JS_HEAP,
    VERDICT_RETENTION,
    VERDICT_MAPPING,
    VERDICT_NONE,
    VERDICT_NOT_MEASURABLE,
};

/* The allocator's own figures in the last snapshot; -1: not known. */
struct verdict_allocator {
    const char *name;              /* "glibc", …; NULL when nothing is known */
    int64_t free_first, free_last; /* bytes that it holds for no live block */
    int64_t top;                   /* of them at the end of the heap, where trimming is easy */
    int64_t arenas;
    int64_t holes, hole_bytes, hole_least; /* the size of holes that most bytes are in: how many,
                                              their bytes, the least size; 0: not known */
};

/* The kinds of sites, each with its own sentence. Mappings of a managed heap are none of these:
 * they are a part of RSS. */
enum claim { CLAIM_BLOCKS, CLAIM_BUFFERS, CLAIM_MAPPINGS, CLAIM_THREADS, CLAIM_JS, CLAIM_COUNT };

/* What the growing sites of one kind add up to. */
struct verdict_claim {
    int64_t growth;     /* bytes, of the sites that count: in the order of rank down to the first
                           that convinces, and of the others those that convince */
    int64_t convincing; /* of those whose evidence convinces; see RANK_CONVINCING */
    double noise;       /* of growth, by sampling and churn: three deviations */
    const char *name;   /* of the site that ranks first; NULL: none grows */
    int64_t top_growth; /* of that site */
};

/* Growth that may be work under way; see PATTERN_IN_FLIGHT. */
struct verdict_flight {
    int64_t growth;     /* of all such sites, blocks and buffers; 0: there are none */
    const char *name;   /* of the largest */
    int64_t top_growth; /* of that site */
    double kept;        /* of what it allocated */
};

/* Blocks that lived until a garbage collection that a snapshot after the first asked for. */
struct verdict_collected {
    int64_t bytes;    /* of all sites, buffers among them; 0: none, or not known */
    int64_t buffers;  /* of off-heap buffers */
    const char *name; /* of the site with most of them */
    int64_t top_bytes;
};

/* All facts that the verdict depends on. */
struct verdict_input {
    struct parts growth;
    int64_t rss_first, rss_last;
    struct verdict_claim claims[CLAIM_COUNT];
    struct verdict_flight flight;
    struct verdict_collected collected;
    int64_t noise_bytes;            /* of all live bytes, by sampling and churn */
    bool is_series;                 /* three snapshots or more */
    bool has_stopped[PART_COUNT];   /* in a series: the part does not go on growing */
    struct runtime nameless;        /* the runtime whose function names the first site of a leak, as
                                       its own code has no names; RUNTIME_NONE: it has a name of the
                                       program */
    const char *top_advice;         /* about what that site is; NULL: none */
    bool names_refused;             /* V8 cannot announce its code to the companion */
    enum runtime_kind managed_heap; /* the runtime that owns the managed heap */
    int64_t nursery_growth; /* of the heap's young generation, which the collector sizes as it
                               likes; 0: not known, or it did not grow */
    int64_t live_last;      /* native blocks and buffers in the last snapshot */
    int64_t scratch_growth; /* of the blocks of compilers at work, which they will return */
    int64_t threads_first, threads_last;
    int64_t growth_blocks; /* of native blocks and buffers */
    struct verdict_allocator allocator;
    const char *not_measurable; /* why there is no verdict; NULL when there is one */
};

struct verdict {
    enum verdict_kind kind;
    struct text text;   /* the sentence, with its full stop */
    struct text advice; /* advice in sentences; "" when site 1 is advice enough */
    int64_t limit;      /* bytes: the least growth of live memory that would have been noticed */
};

const char *verdict_name(enum verdict_kind kind);

struct verdict verdict_reach(const struct verdict_input *input);
void verdict_done(struct verdict *verdict);

#endif
