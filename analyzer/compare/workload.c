/* workload.c -- The work that was done between the snapshots of a job.
 *
 * A verdict of "no leak" needs work behind it.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include "compare/workload.h"

#include "compare/comparison.h"

#include <inttypes.h>
#include <string.h>

/* Each isolate of Node counts from 0. One that came in between is all new; of one that has gone
 * nothing is known. */
static int64_t grown(const struct store *first, const struct store *last, const char *name)
{
    int64_t sum = -1;
    for (size_t i = 0; i < last->runtime.count; i++) {
        const struct store_statistic *now = &last->runtime.items[i];
        if (strcmp(now->name, name) != 0)
            continue;
        double before = STORE_STATISTIC(&first->runtime, now->owner, name, 0);
        double more = now->value > before ? now->value - before : 0;
        sum = store_sum(sum < 0 ? 0 : sum, (int64_t)more);
    }
    return sum;
}

struct workload_requests workload_requests(const struct comparison *comparison)
{
    const struct store *first = comparison->stores[0];
    const struct store *last = comparison->stores[comparison->count - 1];
    return (struct workload_requests){.done = grown(first, last, "http_requests"),
                                      .failed = grown(first, last, "http_failures")};
}

/* Work that a snapshot counts, from any source; -1: it counts none. */
static double count_of(const struct store *store)
{
    int64_t asked = store_counter(store, FORMAT_OPERATIONS_ASKED);
    int64_t program = store_counter(store, FORMAT_OPERATIONS);
    double requests = -1;
    for (size_t i = 0; i < store->runtime.count; i++)
        if (strcmp(store->runtime.items[i].name, "http_requests") == 0)
            requests = (requests < 0 ? 0 : requests) + store->runtime.items[i].value;
    return requests >= 0 ? requests : program >= 0 ? (double)program : (double)asked;
}

void workload_spread(const struct comparison *comparison, double *x)
{
    size_t last = comparison->count - 1;
    double first_count = count_of(comparison->stores[0]);
    double total = count_of(comparison->stores[last]) - first_count, before = -1;
    if (comparison->count < 3 || first_count < 0 || !(total > 0))
        return;
    for (size_t i = 0; i <= last; i++) {
        double count = count_of(comparison->stores[i]);
        if (count <= before)
            return;
        before = count;
    }
    double length = x[last];
    for (size_t i = 0; i <= last; i++)
        x[i] = length * (count_of(comparison->stores[i]) - first_count) / total;
}

static const char *say_status(const struct comparison *comparison, const struct workload *done,
                              const struct workload_requests *requests)
{
    struct pool *pool = comparison->pool;
    if (requests->done >= 0)
        return pool_format(pool, "the load ended with status %d after %" PRId64 " request%s",
                           done->load_status, requests->done, requests->done == 1 ? "" : "s");
    if (done->connections >= 0)
        return pool_format(pool, "the load ended with status %d after %" PRId64 " connection%s",
                           done->load_status, done->connections, done->connections == 1 ? "" : "s");
    return pool_format(pool, "the load ended with status %d", done->load_status);
}

const char *workload_obstacle(const struct comparison *comparison, const struct workload *done)
{
    struct workload_requests requests = workload_requests(comparison);
    if (!done)
        return NULL;
    if (done->load_status > 0)
        return say_status(comparison, done, &requests);
    if (done->obstacle && requests.done <= 0) /* the server knows better than the kernel's tables */
        return done->obstacle;
    if (requests.done > 0 && requests.failed >= requests.done)
        return pool_format(comparison->pool,
                           "all %" PRId64 " requests failed (the server answered 4xx or 5xx)",
                           requests.done);
    return NULL;
}
