/* wrappers.c -- Functions that allocate for their callers, found by how the callers differ.
 *
 * Every program has its own xmalloc, and no list of names knows them all. But there is a sign: some
 * callers keep what they get from it, others free it. Then the function is innocent, and the site
 * is the caller that keeps. A function that leaks by itself does so for every caller. A function
 * with a single caller stays the site: its caller would only be further away.
 *
 * Callers are compared by function: those that call it, and where these fare alike those further
 * out, since a wrapper of a wrapper hides who keeps.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include "sites/wrappers.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#define FARTHEST      4    /* callers are looked for so many functions further out */
#define FEWEST_MISSED 16   /* allocations that a caller who frees would have kept otherwise */
#define FREED_SHARE   0.02 /* of what it got, the most that a caller that frees may have kept, … */
#define FREED_OF_KEPT 0.2  /* … and of the share that is kept usually */
#define KEPT_OF_USUAL 0.5  /* of that share, the least that a caller that keeps has kept */
#define SELDOM        0.1  /* who keeps a smaller share has to stand against … */
#define FREERS        2    /* … so many callers that free */
#define KEEPERS_SHARE 0.8  /* of the site's growth that is of those who keep */
#define MOST_ROUNDS   8    /* of sites made anew: a wrapper in a wrapper */
#define BUSY_SHARE    0.05 /* of the site's allocations that are of callers that free */

/* The bytes that one caller got between the snapshots, and those that stayed. */
struct fare {
    uint64_t caller; /* by name; 0: none */
    int64_t allocations, allocated_bytes, growth;
};

struct fares {
    VEC(struct fare) all;
};

/* The program's own functions, further out than the site of the stack, nearest first; 0 for one
 * without a name. Returns how many. */
static int callers_of(const struct site_member *member, uint64_t callers[FARTHEST])
{
    struct frames_walk walk = frames_leaf(member->frames, member->stack);
    const struct frame *frame, *before = frames_known_site(member->frames, member->stack);
    int count = 0;
    while (count < FARTHEST && (frame = frames_caller(&walk)) != NULL) {
        if (frame->class != CLASS_OWN)
            continue;
        if (before && strcmp(frame->function, before->function) == 0)
            continue; /* recursion, or a function that was inlined into itself */
        if (before)
            callers[count++] =
                frame->is_named ? map_hash(frame->function, strlen(frame->function)) : 0;
        before = frame;
    }
    return count;
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

/* What it kept of what it got. */
static double kept_share(const struct fare *fare)
{
    double got = (double)fare->allocated_bytes, stayed = (double)fare->growth;
    return stayed <= 0 ? 0 : stayed < got ? stayed / got : 1;
}

/* The share that the caller of a byte that stayed has kept, on average. */
static double usual_share(const struct fares *fares)
{
    double growth = 0, sum = 0;
    for (size_t i = 0; i < fares->all.count; i++) {
        double stayed = fmax((double)fares->all.items[i].growth, 0);
        growth += stayed;
        sum += stayed * kept_share(&fares->all.items[i]);
    }
    return growth > 0 ? sum / growth : 0;
}

/* Whether the caller frees what others keep. If it fared as they do, it would have kept so much
 * that chance does not explain why it has not. */
static bool frees(const struct fare *fare, double usual)
{
    return kept_share(fare) <= fmin(FREED_SHARE, FREED_OF_KEPT * usual) &&
           (double)fare->allocations * usual >= FEWEST_MISSED;
}

/* A leak is often one of a hundred allocations, on the path of an error; so a share is held against
 * that of others and not against a fixed bound. But then a function that leaks by itself on such a
 * path fares differently too, with a caller who never takes it there. It has few callers, a wrapper
 * has many. */
static bool fare_differently(const struct fares *fares)
{
    double growth = 0, kept = 0, allocations = 0, freed = 0, usual = usual_share(fares);
    int freers = 0;
    for (size_t i = 0; i < fares->all.count; i++) {
        const struct fare *fare = &fares->all.items[i];
        allocations += (double)fare->allocations;
        growth += fmax((double)fare->growth, 0);
        if (frees(fare, usual)) {
            freed += (double)fare->allocations;
            freers++;
        } else if (fare->caller != 0 && kept_share(fare) >= KEPT_OF_USUAL * usual) {
            kept += (double)fare->growth;
        }
    }
    return growth > 0 && kept >= KEEPERS_SHARE * growth && freed > 0 &&
           freed >= BUSY_SHARE * allocations && (usual >= SELDOM || freers >= FREERS);
}

static struct fare fare_of(const struct site_member *member, uint64_t caller)
{
    const struct site_numbers *first = &member->first, *last = &member->last;
    return (struct fare){.caller = caller,
                         .allocations = store_sum(last->allocations, -first->allocations),
                         .allocated_bytes =
                             store_sum(last->allocated_bytes, -first->allocated_bytes),
                         .growth = store_sum(last->live_bytes, -first->live_bytes)};
}

/* Functions that the site was made a part of, by a compiler. */
static struct map find_hosts(const struct site_table *table, const size_t *members, size_t count)
{
    struct map hosts = {0};
    for (size_t i = 0; i < count; i++) {
        const struct site_member *member = &table->members.items[members[i]];
        uint64_t callers[FARTHEST];
        bool is_new;
        if (frames_known_site(member->frames, member->stack) && callers_of(member, callers) > 0)
            map_add(&hosts, &callers[0], sizeof callers[0], &is_new);
    }
    return hosts;
}

/* The function that counts as the caller, LEVEL calls further out. In some stacks the functions
 * between the site and one that it was made a part of are missing: then that one counts in all. */
static uint64_t caller_at(const struct site_member *member, int level, const struct map *hosts)
{
    uint64_t callers[FARTHEST];
    int count = callers_of(member, callers);
    if (hosts->count == 0)
        return level <= count ? callers[level - 1] : 0;
    for (int i = count; i-- > 0;) {
        if (map_find(hosts, &callers[i], sizeof callers[i]))
            return callers[i];
    }
    return 0;
}

/* MEMBERS: indexes of the COUNT stacks of one site. */
static bool is_wrapper(const struct site_table *table, const size_t *members, size_t count)
{
    struct fares fares = {0};
    struct map hosts = find_hosts(table, members, count);
    int levels = hosts.count > 0 ? 1 : FARTHEST;
    bool found = false;
    for (int level = 1; level <= levels && !found; level++) {
        fares.all.count = 0;
        for (size_t i = 0; i < count; i++) {
            const struct site_member *member = &table->members.items[members[i]];
            VEC_ADD(&fares.all, fare_of(member, caller_at(member, level, &hosts)));
        }
        merge_callers(&fares);
        found = fares.all.count > 1 && fare_differently(&fares);
    }
    map_done(&hosts);
    VEC_DONE(&fares.all);
    return found;
}

static bool may_be_wrapper(const struct site *site)
{
    return !site->is_managed && site->frame.class == CLASS_OWN && site->frame.is_named;
}

/* The members' indexes, those of a site side by side: site i's begin at starts[i]. */
static size_t *wrappers_gather(const struct site_table *table, size_t *starts)
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
    size_t *members = wrappers_gather(table, starts);
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
