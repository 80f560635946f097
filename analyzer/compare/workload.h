/* workload.h -- The work that was done between the snapshots of a job.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#ifndef ANALYZER_COMPARE_WORKLOAD_H
#define ANALYZER_COMPARE_WORKLOAD_H

#include <stdbool.h>
#include <stdint.h>

struct comparison;

/* As the one who ran the load knows it. */
struct workload {
    int load_status;      /* of the load command, as a shell says it; -1: none, or ended by us */
    int64_t connections;  /* to the server's port, at least; -1: not known */
    const char *obstacle; /* why nothing can be concluded; NULL */
};

/* Requests that the server itself counted between first and last snapshot, and how many of them
 * failed (4xx, 5xx); -1: it does not count. */
struct workload_requests {
    int64_t done, failed;
};
struct workload_requests workload_requests(const struct comparison *comparison);

/* Spreads the snapshots of X (see struct comparison) by the work that was done until each, where it
 * is known of all and some was done before each: a load is not even in time. */
void workload_spread(const struct comparison *comparison, double *x);

/* Why an all-clear would be none, in words that live as long as COMPARISON: the load failed, or
 * nothing was done, or all of it failed. NULL: there was work, or its amount is unknown. DONE may
 * be NULL.
 */
const char *workload_obstacle(const struct comparison *comparison, const struct workload *done);

#endif
