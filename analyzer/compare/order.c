/* order.c -- The snapshots of a comparison in order of time.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include "compare/order.h"

#include <stdlib.h>

struct dated {
    const char *path;
    int64_t time_ns, number, pid, started_ns;
    size_t position; /* in which it was named */
};

static int by_time(const void *a, const void *b)
{
    const struct dated *x = a, *y = b;
    if (x->time_ns != y->time_ns)
        return x->time_ns < y->time_ns ? -1 : 1;
    if (x->number != y->number)
        return x->number < y->number ? -1 : 1;
    return x->position < y->position ? -1 : 1;
}

static bool read_dates(const char *const *paths, size_t count, struct dated *dated,
                       struct error *error)
{
    for (size_t i = 0; i < count; i++) {
        struct store *store = store_open_facts(paths[i], error);
        if (!store)
            return false;
        dated[i] = (struct dated){.path = paths[i],
                                  .time_ns = store->facts.time_ns,
                                  .number = store->facts.number,
                                  .pid = store->facts.pid,
                                  .started_ns = store->facts.started_ns,
                                  .position = i};
        store_close(store);
    }
    return true;
}

static bool is_copy(const struct dated *a, const struct dated *b)
{
    return a->time_ns == b->time_ns && a->number == b->number && a->pid == b->pid &&
           a->started_ns == b->started_ns;
}

const char **order_by_time(const char *const *paths, size_t *count, bool *was_sorted,
                           struct error *error)
{
    size_t given = *count, kept = 0;
    struct dated *dated = memory_zeroed(given, sizeof *dated);
    const char **sorted = NULL;
    *was_sorted = true;
    if (read_dates(paths, given, dated, error)) {
        sorted = memory_zeroed(given, sizeof *sorted);
        qsort(dated, given, sizeof *dated, by_time);
        for (size_t i = 0; i < given; i++) {
            *was_sorted &= dated[i].position == i;
            bool is_needed = kept < 2 && i + 1 == given; /* two copies of one are left, not one */
            if (i == 0 || is_needed || !is_copy(&dated[i - 1], &dated[i]))
                sorted[kept++] = dated[i].path;
        }
        *count = kept;
    }
    free(dated);
    return sorted;
}

void order_times(struct store *const *stores, size_t count, double *x)
{
    bool rises = true;
    for (size_t i = 0; i < count; i++) {
        x[i] = (double)store_sum(stores[i]->facts.time_ns, -stores[0]->facts.time_ns) / 1e9;
        rises &= i == 0 || x[i] > x[i - 1];
    }
    for (size_t i = 0; i < count && !rises; i++)
        x[i] = (double)i;
}
