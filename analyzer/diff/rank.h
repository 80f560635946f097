/* rank.h -- How much a site looks like a leak: growth weighed by evidence. See docs/compare.md.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#ifndef ANALYZER_DIFF_RANK_H
#define ANALYZER_DIFF_RANK_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* What is known about a site between the first snapshot and the last. */
struct rank_evidence {
    const int64_t *live_bytes; /* per snapshot */
    size_t count;              /* of snapshots */
    int64_t allocated;         /* bytes allocated in between, freed or not; -1: unknown */
    int64_t survivors; /* bytes of the first snapshot that the last still has; -1: unknown */
    double deviation;  /* standard deviation of the growth; 0 when every block was seen */
    bool is_managed;   /* the mapping of a managed heap, which has a collector */
};

/* 0: nothing speaks for a leak; 1: everything does. LARGEST is the growth of the site that grew
 * most, the measure of size. */
double rank_score(const struct rank_evidence *evidence, int64_t largest);

/* Whether the growth stands out of the noise: of sampling, and of TOTAL, what all sites grew by. */
bool rank_is_growth(const struct rank_evidence *evidence, int64_t total);

#endif
