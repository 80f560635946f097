/* order.c -- Snapshots in the order in which they were taken.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include "store/order.h"

#include "base/memory.h"

#include <stdlib.h>
#include <string.h>

struct dated {
    struct store *store;
    size_t position; /* in which it was given */
};

static int by_time(const void *a, const void *b)
{
    const struct dated *x = a, *y = b;
    const struct store_facts *left = &x->store->facts, *right = &y->store->facts;
    if (left->time_ns != right->time_ns)
        return left->time_ns < right->time_ns ? -1 : 1;
    if (left->number != right->number)
        return left->number < right->number ? -1 : 1;
    return x->position < y->position ? -1 : 1;
}

/* The numbers come first: they differ for nearly all pairs. */
static bool was_before(const struct store *one, const struct store *other)
{
    return one->facts.pid == other->facts.pid && one->facts.uptime_ns < other->facts.uptime_ns &&
           store_is_same_process(one, other);
}

/* The wall clock may have been set back between two snapshots of a process: then the later one
 * stands before the earlier one. It is the rest that is in order already. */
static void repair(struct dated *dated, size_t count)
{
    for (size_t i = 1; i < count; i++) {
        struct dated moved = dated[i];
        size_t at = 0;
        while (at < i && !was_before(moved.store, dated[at].store))
            at++;
        memmove(&dated[at + 1], &dated[at], (i - at) * sizeof *dated);
        dated[at] = moved;
    }
}

void store_order(struct store **stores, size_t *position, size_t count)
{
    struct dated *dated = memory_zeroed(count, sizeof *dated);
    for (size_t i = 0; i < count; i++)
        dated[i] = (struct dated){stores[i], i};
    qsort(dated, count, sizeof *dated, by_time);
    repair(dated, count);
    for (size_t i = 0; i < count; i++) {
        stores[i] = dated[i].store;
        position[i] = dated[i].position;
    }
    free(dated);
}
