/* unite.c -- Snapshots of several processes, taken at one moment, as if one process held it all.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include "store/unite.h"

#include <stdlib.h>
#include <string.h>

/* Where the rows of the store that is added begin among those of all. */
struct base {
    uint32_t module, location, node, label, thread, stack;
    size_t symbol, age, size;
    int64_t stack_id;
};

static struct base base_of(const struct store *all)
{
    size_t stacks = all->stacks.count;
    return (struct base){.module = (uint32_t)all->modules.count,
                         .location = (uint32_t)all->locations.count,
                         .node = (uint32_t)all->nodes.count,
                         .label = (uint32_t)all->labels.count,
                         .thread = (uint32_t)all->threads.count,
                         .stack = (uint32_t)stacks,
                         .symbol = all->symbols.count,
                         .age = all->ages.count,
                         .size = all->sizes.count,
                         .stack_id = stacks ? all->stacks.items[stacks - 1].id : 0};
}

static uint32_t moved(uint32_t index, uint32_t base)
{
    return index == STORE_NONE ? STORE_NONE : index + base;
}

static void add_code(struct store *all, const struct store *one, const struct base *base)
{
    for (size_t i = 0; i < one->modules.count; i++)
        VEC_ADD(&all->modules, one->modules.items[i]);
    for (size_t i = 0; i < one->locations.count; i++) {
        struct store_location location = one->locations.items[i];
        location.module = moved(location.module, base->module);
        location.first_symbol += base->symbol;
        VEC_ADD(&all->locations, location);
    }
    for (size_t i = 0; i < one->symbols.count; i++) {
        struct store_symbol symbol = one->symbols.items[i];
        symbol.location = moved(symbol.location, base->location);
        VEC_ADD(&all->symbols, symbol);
    }
    for (size_t i = 0; i < one->source_maps.count; i++)
        VEC_ADD(&all->source_maps, one->source_maps.items[i]);
    for (size_t i = 0; i < one->nodes.count; i++) {
        struct store_node node = one->nodes.items[i];
        node.parent = moved(node.parent, base->node);
        node.location = moved(node.location, base->location);
        VEC_ADD(&all->nodes, node);
    }
}

static void add_stacks(struct store *all, const struct store *one, const struct base *base)
{
    for (size_t i = 0; i < one->labels.count; i++)
        VEC_ADD(&all->labels, one->labels.items[i]);
    for (size_t i = 0; i < one->threads.count; i++)
        VEC_ADD(&all->threads, one->threads.items[i]);
    for (size_t i = 0; i < one->stacks.count; i++) {
        struct store_stack stack = one->stacks.items[i];
        stack.id = store_sum(stack.id, base->stack_id);
        stack.node = moved(stack.node, base->node);
        stack.label = moved(stack.label, base->label);
        stack.thread = moved(stack.thread, base->thread);
        stack.first_age += base->age;
        stack.first_size += base->size;
        VEC_ADD(&all->stacks, stack);
    }
    for (size_t i = 0; i < one->sizes.count; i++) {
        struct store_size size = one->sizes.items[i];
        size.stack = moved(size.stack, base->stack);
        VEC_ADD(&all->sizes, size);
    }
    for (size_t i = 0; i < one->regions.count; i++) {
        struct store_region region = one->regions.items[i];
        region.stack = moved(region.stack, base->stack);
        VEC_ADD(&all->regions, region);
    }
}

/* The first moment whose snapshot closed this epoch or a later one. */
static int64_t moment_of(const struct unite_ladder *ladder, int64_t epoch)
{
    size_t moment = 0;
    while (moment < ladder->count && ladder->epochs[moment] < epoch)
        moment++;
    return (int64_t)moment;
}

static void add_ages(struct store *all, const struct store *one, const struct base *base,
                     const struct unite_ladder *ladder)
{
    for (size_t i = 0; i < one->ages.count; i++) {
        struct store_age age = one->ages.items[i];
        age.stack = moved(age.stack, base->stack);
        age.epoch = moment_of(ladder, age.epoch);
        VEC_ADD(&all->ages, age);
    }
}

/* ---- sums ---------------------------------------------------------------------------------------
 */

static void unite_add(int64_t *sum, int64_t number)
{
    *sum = store_sum(*sum, number);
}

static void add_counters(struct store *all, const struct store *one)
{
    for (size_t i = 0; i < one->counters.count; i++) {
        const struct store_counter *counter = &one->counters.items[i];
        size_t k = 0;
        while (k < all->counters.count && strcmp(all->counters.items[k].name, counter->name) != 0)
            k++;
        if (k == all->counters.count)
            VEC_ADD(&all->counters, *counter);
        else if (strcmp(counter->name, FORMAT_OPERATIONS_ASKED) == 0)
            continue; /* the load's count, which each of them was told */
        else
            unite_add(&all->counters.items[k].value, counter->value);
    }
}

/* Delays are no sums: the longest one is what a user feels. Nor is the distance of samples. */
static double join(const char *name, double a, double b)
{
    if (strstr(name, "Delay") || strcmp(name, FORMAT_JS_SAMPLE) == 0)
        return a > b ? a : b;
    return a + b;
}

static void add_statistics(struct store_statistic **items, size_t *count, size_t *capacity,
                           const struct store_statistic *more, size_t more_count)
{
    VEC(struct store_statistic) all = {*items, *count, *capacity};
    for (size_t i = 0; i < more_count; i++) {
        size_t k = 0;
        while (k < all.count && (strcmp(all.items[k].owner, more[i].owner) != 0 ||
                                 strcmp(all.items[k].name, more[i].name) != 0))
            k++;
        if (k == all.count)
            VEC_ADD(&all, more[i]);
        else
            all.items[k].value = join(more[i].name, all.items[k].value, more[i].value);
    }
    *items = all.items;
    *count = all.count;
    *capacity = all.capacity;
}

static void add_arenas(struct store_arenas *all, const struct store_arenas *one)
{
    if (one->largest_bytes > all->largest_bytes) {
        all->largest_class = one->largest_class;
        all->largest_holes = one->largest_holes;
        all->largest_bytes = one->largest_bytes;
    }
    unite_add(&all->count, one->count);
    unite_add(&all->hole_bytes, one->hole_bytes);
    unite_add(&all->top_resident, one->top_resident);
}

static void add_sums(struct store *all, const struct store *one)
{
    struct store_facts *facts = &all->facts;
    unite_add(&facts->threads, one->facts.threads);
    unite_add(&facts->live_bytes, one->facts.live_bytes);
    unite_add(&facts->live_blocks, one->facts.live_blocks);
    unite_add(&facts->rss_bytes, one->facts.rss_bytes);
    unite_add(&facts->peak_rss_bytes, one->facts.peak_rss_bytes);
    for (int i = 0; i < OWNER_COUNT; i++)
        unite_add(&all->rss[i], one->rss[i]);
    add_arenas(&all->arenas, &one->arenas);
    add_counters(all, one);
    add_statistics(&all->allocator.items, &all->allocator.count, &all->allocator.capacity,
                   one->allocator.items, one->allocator.count);
    add_statistics(&all->runtime.items, &all->runtime.count, &all->runtime.capacity,
                   one->runtime.items, one->runtime.count);
}

/* Moments as epochs: each begins when the snapshot before it closed one of the first process. */
static void add_epochs(struct store *all, const struct store *first,
                       const struct unite_ladder *ladder, size_t moment)
{
    for (size_t k = 0; k <= moment; k++) {
        int64_t begins = k == 0 ? 0 : ladder->epochs[k - 1] + 1;
        struct store_epoch epoch = {.number = (int64_t)k};
        for (size_t i = 0; i < first->epochs.count && k > 0; i++)
            if (first->epochs.items[i].number == begins)
                epoch.uptime_ns = first->epochs.items[i].uptime_ns;
        VEC_ADD(&all->epochs, epoch);
    }
}

struct store *unite(struct store *const *stores, size_t count, const struct unite_ladder *ladders,
                    size_t moment)
{
    struct store *all = memory_zeroed(1, sizeof *all);
    all->texts = pool_new();
    all->path = stores[0]->path;
    all->facts = stores[0]->facts;
    all->has_tags = all->has_js = true;
    struct store_facts *facts = &all->facts;
    facts->epoch = facts->number = (int64_t)moment;
    facts->threads = facts->live_bytes = facts->live_blocks = 0;
    facts->rss_bytes = facts->peak_rss_bytes = 0;
    all->united = memory_zeroed(count, sizeof *all->united);
    all->united_count = count;
    for (size_t i = 0; i < count; i++) {
        struct base base = base_of(all);
        all->united[i] = stores[i];
        all->has_tags = all->has_tags && stores[i]->has_tags;
        all->has_js = all->has_js && stores[i]->has_js;
        add_code(all, stores[i], &base);
        add_stacks(all, stores[i], &base);
        add_ages(all, stores[i], &base, &ladders[i]);
        add_sums(all, stores[i]);
    }
    add_epochs(all, stores[0], &ladders[0], moment);
    return all;
}
