/* resources.c -- What a runtime counts beside memory: timers, sockets, Workers, contexts.
 *
 * The numbers are those of table runtime. A heap's thread that did not answer is missing in them,
 * so a count may be too low, never too high.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include "compare/resources.h"

#include "base/units.h"
#include "frames/frame_name.h"
#include "judge/trend.h"

#include <stdlib.h>
#include <string.h>

#define ACTIVE      "activeResources_"
#define WORKER      "node worker "
#define FEW         20  /* growth below this is the come and go of any server … */
#define FEW_HEAPS   4   /* … and of Workers and contexts, which are dear */
#define LEAST_SHARE 0.2 /* of what there was at first */

/* By Node's and V8's names. */
static const struct known {
    const char *statistic, *what, *fate;
} known[] = {
    {ACTIVE "Timeout", "timers", "were set and not cleared"},
    {ACTIVE "Immediate", "immediates", "wait for their turn"},
    {ACTIVE "TCPSocketWrap", "sockets", "were opened and not closed"},
    {ACTIVE "TCPServerWrap", "servers", "were opened and not closed"},
    {ACTIVE "TLSWrap", "TLS sockets", "were opened and not closed"},
    {ACTIVE "PipeWrap", "pipes", "were opened and not closed"},
    {ACTIVE "Http2Session", "http2 sessions", "were opened and not closed"},
    {ACTIVE "FSReqCallback", "file requests", "were begun and have not ended"},
    {ACTIVE "FSEventWrap", "file watchers", "were opened and not closed"},
    {ACTIVE "StatWatcher", "file watchers of fs.watchFile", "were opened and not closed"},
    {ACTIVE "MessagePort", "message ports", "were opened and not closed"},
    {ACTIVE "ProcessWrap", "child processes", "were started and have not ended"},
    {"number_of_native_contexts", "contexts", "were made and are still there"},
    {"number_of_detached_contexts", "detached contexts", "are kept by something outside"},
};

static const struct known workers = {"", "workers", "were started and have not ended"};

static double sum_of(const struct store *store, const char *statistic)
{
    double sum = 0;
    for (size_t i = 0; i < store->runtime.count; i++)
        if (strcmp(store->runtime.items[i].name, statistic) == 0)
            sum += store->runtime.items[i].value;
    return sum;
}

/* Each Worker reports under a name of its own; heapUsed is what each of them reports. */
static double count_workers(const struct store *store)
{
    double count = 0;
    for (size_t i = 0; i < store->runtime.count; i++)
        count += text_starts(store->runtime.items[i].owner, WORKER) &&
                 strcmp(store->runtime.items[i].name, "heapUsed") == 0;
    return count;
}

/* Whether it grew by more than what comes and goes, and, in a series, has not stopped. */
static bool resources_is_growing(const struct comparison *comparison,
                                 const struct resource *resource, double least)
{
    if (resource->growth < least || resource->growth < LEAST_SHARE * resource->count[0])
        return false;
    if (comparison->count < 3)
        return true;
    struct trend trend = trend_of(comparison->x, resource->count, comparison->count);
    return !trend_has_stopped(&trend) && !trend_is_zigzag(&trend);
}

/* Whether the stack passes through FILE of Node. */
static bool passes(const struct site_member *member, const char *file)
{
    struct frames_walk walk = frames_leaf(member->frames, member->stack);
    const struct frame *frame;
    while ((frame = frames_caller(&walk)) != NULL)
        if (frame->file && strcmp(frame->file, file) == 0)
            return true;
    return false;
}

/* By how many the stack's blocks became more, if it may be where the resource comes from: timers
 * are objects that Node's own code makes for the site, a Worker is a thread. */
static int64_t weigh_origin(const struct site_member *member, const struct site *site,
                            const struct known *kind)
{
    bool is_timer = site->kind == KIND_JS && strcmp(kind->what, "timers") == 0;
    bool is_worker = site->kind == KIND_THREAD && kind == &workers;
    if (!site->frame.is_jit || site->frame.class == CLASS_RUNTIME || (!is_timer && !is_worker) ||
        (is_timer && !passes(member, "node:timers")))
        return 0;
    return store_sum(member->last.live_blocks, -member->first.live_blocks);
}

static void find_origin(const struct comparison *comparison, struct resource *resource,
                        const struct known *kind)
{
    const struct site_table *table = &comparison->table;
    int64_t most = 0;
    for (size_t i = 0; i < table->members.count; i++) {
        const struct site_member *member = &table->members.items[i];
        const struct site *site = &table->sites.items[member->site];
        int64_t weight = weigh_origin(member, site, kind);
        if (weight <= most)
            continue;
        resource->site = site;
        most = weight;
    }
    for (size_t i = 0; i < comparison->listed_count; i++)
        if (comparison->ranked[i] == resource->site)
            resource->rank = i + 1;
}

static void add(struct resources *resources, const struct comparison *comparison,
                const struct known *kind)
{
    size_t last = comparison->count - 1;
    double *count = pool_zeroed(resources->pool, comparison->count * sizeof *count), sum = 0;
    for (size_t i = 0; i < comparison->count; i++) {
        const struct store *store = comparison->stores[i];
        count[i] = kind == &workers ? count_workers(store) : sum_of(store, kind->statistic);
        sum += count[i];
    }
    if (sum <= 0)
        return;
    bool is_heap = kind == &workers || !text_starts(kind->statistic, ACTIVE);
    struct resource resource = {
        .what = kind->what, .fate = kind->fate, .count = count, .growth = count[last] - count[0]};
    resource.is_growing = resources_is_growing(comparison, &resource, is_heap ? FEW_HEAPS : FEW);
    if (resource.is_growing)
        find_origin(comparison, &resource, kind);
    VEC_ADD(&resources->list, resource);
}

static bool is_known(const char *statistic)
{
    for (size_t i = 0; i < sizeof known / sizeof *known; i++)
        if (strcmp(known[i].statistic, statistic) == 0)
            return true;
    return false;
}

/* What Node calls otherwise, by its own name. */
static void add_others(struct resources *resources, const struct comparison *comparison)
{
    const struct store *last = comparison->stores[comparison->count - 1];
    struct map names = {0};
    for (size_t i = 0; i < last->runtime.count; i++) {
        const char *name = last->runtime.items[i].name;
        bool is_new = false;
        if (!text_starts(name, ACTIVE) || is_known(name))
            continue;
        map_add(&names, name, strlen(name), &is_new);
        const struct known other = {name, name + strlen(ACTIVE), "were made and are still there"};
        if (is_new)
            add(resources, comparison, &other);
    }
    map_done(&names);
}

static int by_growth(const void *a, const void *b)
{
    const struct resource *x = a, *y = b;
    if (x->is_growing != y->is_growing)
        return x->is_growing ? -1 : 1;
    if (x->growth != y->growth)
        return x->growth > y->growth ? -1 : 1;
    return strcmp(x->what, y->what);
}

struct resources *resources_new(const struct comparison *comparison)
{
    struct resources *resources = memory_zeroed(1, sizeof *resources);
    resources->pool = pool_new();
    for (size_t i = 0; i < sizeof known / sizeof *known; i++)
        add(resources, comparison, &known[i]);
    add(resources, comparison, &workers);
    add_others(resources, comparison);
    if (resources->list.count > 0)
        qsort(resources->list.items, resources->list.count, sizeof *resources->list.items,
              by_growth);
    return resources;
}

void resources_free(struct resources *resources)
{
    VEC_DONE(&resources->list);
    pool_free(resources->pool);
    free(resources);
}

/* "60 Workers started at runJob (server.js:6) have not ended." */
static void say_workers(const struct resource *resource, struct text *out)
{
    text_format(out, "%s Workers", units_count((int64_t)resource->growth).text);
    if (resource->site) {
        text_add(out, " started at ");
        frame_name(&resource->site->frame, NULL, out);
    }
    text_add(out, " have not ended.");
}

void resources_say(const struct resource *resource, struct text *out)
{
    if (strcmp(resource->what, "workers") == 0) {
        say_workers(resource, out);
        return;
    }
    text_format(out, "%s ", units_count((int64_t)resource->growth).text);
    text_add_clean(out, resource->what, true);
    text_format(out, " %s", resource->fate);
    if (resource->site) {
        text_add(out, ": ");
        frame_name(&resource->site->frame, NULL, out);
    }
    text_format(out, " (%s at first, %s now).", units_count((int64_t)resource->count[0]).text,
                units_count((int64_t)(resource->count[0] + resource->growth)).text);
}
