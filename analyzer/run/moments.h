/* moments.h -- The snapshots of a job: of every process that serves, at the same moments.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#ifndef ANALYZER_RUN_MOMENTS_H
#define ANALYZER_RUN_MOMENTS_H

#include "run/work.h"

/* When to take the snapshots between the first and the last, of a load that began at BEGAN. With a
 * LENGTH (ms; 0: not known) they stand evenly; without, at growing distances, and earlier ones are
 * removed when there are too many. */
struct moments {
    int64_t began, length, step;
    int most, taken;  /* between */
    int64_t last;     /* ms after BEGAN at which the last one was due, */
    int64_t finished; /* and at which it was finished */
};
struct moments moments_plan(int64_t began, int64_t length, int most);

/* How often a load of this LENGTH has to run between two snapshots, so that they are far enough
 * apart, and the same work lies between each two. 0: once in all, with the snapshots during it. */
int moments_times(int64_t length, int most);

/* Milliseconds of the clock at which the next one is due. INT64_MAX: none. */
int64_t moments_next(const struct moments *moments);

/* False with the error filled when the snapshots cannot be written where they are to lie: said
 * before the program is started. */
bool moments_check_output(const struct work *work);

/* A snapshot of each serving process. OPERATIONS: done so far; -1: not known. A process that ends
 * meanwhile is noted. False with the error filled when there is none at all. */
bool moments_take(struct work *work, const char *label, int64_t operations);

/* The same after the load, for whoever serves then; a restart is waited for. Without any process,
 * the snapshots that there are must do. */
bool moments_take_last(struct work *work, const char *label, int64_t operations);

/* The same between first and last; thins out what was taken before when there are too many. */
bool moments_take_between(struct work *work, struct moments *moments);

/* One between, after a run of a load that began at BEGAN. */
bool moments_take_after(struct work *work, int64_t began);

/* The load has ended: removes the snapshot that was taken last when the load was as good as over,
 * for what grows until its end would seem to have stopped. */
void moments_end(struct work *work, struct moments *moments);

#endif
