/* wrappers.c -- Functions that allocate for their callers, known by how those fare.
 *
 * Every program has its own xmalloc, and no list of names knows them all. But one thing tells: what
 * some callers get from it is kept, what others get is freed. Then the function is innocent, and
 * the site is the caller that keeps. A function that leaks by itself does so whoever calls it, and
 * one that has a single caller is not touched: nothing would be gained but distance.
 *
 * Callers are compared by function. When all come through the same one, those further out are, so
 * that a wrapper of a wrapper is found too.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include "diff/wrappers.h"

#include <stdlib.h>
#include <string.h>

#define FARTHEST      3    /* callers are looked for so many functions further out */
#define FEWEST_FREED  16   /* allocations of a caller that frees: fewer prove nothing */
#define FREED_SHARE   0.02 /* of what it got, the most that a caller that frees may have kept */
#define KEPT_SHARE    0.1  /* of what it got, the least that a caller that keeps has kept */
#define KEEPERS_SHARE 0.8  /* of the site's growth that is theirs */
#define MOST_ROUNDS   8    /* of sites made anew: a wrapper in a wrapper */
#define BUSY_SHARE    0.05 /* of the site's allocations that are of callers that free */

/* What one caller got between the snapshots, and how much of it stayed. */
struct fare {
    uint64_t caller; /* by name; 0: nobody */
    int64_t allocations, allocated_bytes, growth;
};

struct fares {
    VEC(struct fare) all;
};

/* The function LEVEL calls of the program's own further out than the site of the stack. */
static uint64_t caller_at(const struct site_member *member, int level)
{
    struct frames_walk walk = frames_leaf(member->frames, member->stack);
    const struct frame *frame, *before = NULL;
    while ((frame = frames_caller(&walk)) != NULL) {
        if (frame->class != CLASS_OWN)
            continue;
        if (before && strcmp(frame->function, before->function) == 0)
            continue; /* recursion, or a function that was inlined into itself */
        if (before && level-- == 1)
            return frame->is_named ? map_hash(frame->function, strlen(frame->function)) : 0;
        before = frame;
    }
    return 0;
}

static int by_caller(const void *a, const void *b)
{
    const struct fare *x = a, *y = b;
    return x->caller < y->caller ? -1 : x->caller > y->caller;
}

/* One entry a caller. */
static void merge_callers(struct fares *fares)
{
    size_t count = 0;
    qsort(fares->all.items, fares->all.count, sizeof *fares->all.items, by_caller);
    for (size_t i = 0; i < fares->all.count; i++) {
        struct fare *from = &fares->all.items[i], *to = &fares->all.items[count];
        if (count == 0 || to[-1].caller != from->caller) {
            *to = *from;
            count++;
            continue;
        }
        to[-1].allocations = store_sum(to[-1].allocations, from->allocations);
        to[-1].allocated_bytes = store_sum(to[-1].allocated_bytes, from->allocated_bytes);
        to[-1].growth = store_sum(to[-1].growth, from->growth);
    }
    fares->all.count = count;
}

static bool fare_differently(const struct fares *fares)
{
    double growth = 0, kept = 0, allocations = 0, freed = 0;
    for (size_t i = 0; i < fares->all.count; i++) {
        const struct fare *fare = &fares->all.items[i];
        double got = (double)fare->allocated_bytes, stayed = (double)fare->growth;
        allocations += (double)fare->allocations;
        growth += stayed > 0 ? stayed : 0;
        if (stayed > 0 && stayed >= KEPT_SHARE * got && fare->caller != 0)
            kept += stayed;
        else if (fare->allocations >= FEWEST_FREED && stayed <= FREED_SHARE * got)
            freed += (double)fare->allocations;
    }
    return growth > 0 && kept >= KEEPERS_SHARE * growth && freed > 0 &&
           freed >= BUSY_SHARE * allocations;
}

static struct fare fare_of(const struct site_member *member, int level)
{
    const struct site_numbers *first = &member->first, *last = &member->last;
    return (struct fare){.caller = caller_at(member, level),
                         .allocations = store_sum(last->allocations, -first->allocations),
                         .allocated_bytes =
                             store_sum(last->allocated_bytes, -first->allocated_bytes),
                         .growth = store_sum(last->live_bytes, -first->live_bytes)};
}

/* MEMBERS: indexes of the COUNT stacks of one site. */
static bool is_wrapper(const struct site_table *table, const size_t *members, size_t count)
{
    struct fares fares = {0};
    bool found = false;
    for (int level = 1; level <= FARTHEST; level++) {
        fares.all.count = 0;
        for (size_t i = 0; i < count; i++)
            VEC_ADD(&fares.all, fare_of(&table->members.items[members[i]], level));
        merge_callers(&fares);
        if (fares.all.count > 1) {
            found = fare_differently(&fares);
            break;
        }
    }
    VEC_DONE(&fares.all);
    return found;
}

static bool may_be_wrapper(const struct site *site)
{
    return !site->is_managed && site->frame.class == CLASS_OWN && site->frame.is_named;
}

/* The members' indexes, those of a site side by side: site i's begin at starts[i]. */
static size_t *gather(const struct site_table *table, size_t *starts)
{
    size_t *members = memory_zeroed(table->members.count + 1, sizeof *members);
    size_t *next = memory_zeroed(table->sites.count + 1, sizeof *next);
    for (size_t i = 0; i < table->members.count; i++)
        starts[table->members.items[i].site + 1]++;
    for (size_t i = 0; i < table->sites.count; i++)
        starts[i + 1] += starts[i];
    memcpy(next, starts, table->sites.count * sizeof *next);
    for (size_t i = 0; i < table->members.count; i++)
        members[next[table->members.items[i].site]++] = i;
    free(next);
    return members;
}

/* Adds the functions of sites of TABLE that are wrappers; false when there is none. A wrapper of a
 * wrapper is found when the sites were made anew without the inner one. */
static bool find_wrappers(const struct site_table *table, struct map *wrappers)
{
    bool found = false;
    if (table->old_epoch < 0) /* counters of another process */
        return false;
    size_t *starts = memory_zeroed(table->sites.count + 2, sizeof *starts);
    size_t *members = gather(table, starts);
    for (size_t i = 0; i < table->sites.count; i++) {
        const struct site *site = &table->sites.items[i];
        size_t count = starts[i + 1] - starts[i];
        if (count < 2 || !may_be_wrapper(site) || !is_wrapper(table, members + starts[i], count))
            continue;
        bool is_new;
        map_add(wrappers, site->frame.function, strlen(site->frame.function), &is_new);
        found |= is_new;
    }
    free(starts);
    free(members);
    return found;
}

static void fold(struct site_table *table, const struct wrappers_end *end)
{
    site_table_add(table, end->index, end->store, end->frames);
}

void wrappers_learn(struct site_table *table, const struct wrappers_end *first,
                    const struct wrappers_end *last, struct map *wrappers)
{
    for (int i = 0; i < MOST_ROUNDS && find_wrappers(table, wrappers); i++) {
        site_table_clear(table);
        frames_set_wrappers(last->frames, wrappers);
        frames_set_wrappers(first->frames, wrappers);
        fold(table, last);
        fold(table, first);
    }
}
