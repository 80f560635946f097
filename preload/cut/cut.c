/* cut.c -- A cut through the tables: the live state at one moment, copied while the program runs.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include "cut/cut.h"

#include <errno.h>
#include <string.h>

#include "base/clock.h"
#include "base/memory.h"
#include "cut/ordered.h"
#include "kernel/pagemap.h"
#include "options.h"
#include "record/pools.h"
#include "record/sample.h"
#include "record/thread.h"
#include "tables/buffers.h"
#include "tables/epoch.h"
#include "tables/modules.h"
#include "tables/stacks.h"

#define AHEAD 8 /* blocks */

/* State of the sweep over the live blocks. */
struct sweep {
    struct cut *cut;
    bool out_of_memory;
    bool *has_blocks;          /* per mapping */
    size_t mapping;            /* where the last block was */
    struct block ahead[AHEAD]; /* to be counted; stack 0: none */
    unsigned turn;
};

static unsigned size_class(uint64_t size)
{
    return size < 2 ? 0 : 63u - (unsigned)__builtin_clzll(size);
}

/* Blocks come in rising order, so the mapping is mostly the last one or its neighbour. */
static void mark_mapping(struct sweep *sweep, uintptr_t address)
{
    const struct process_maps *maps = &sweep->cut->maps;
    size_t at = sweep->mapping;
    if (at < maps->count && address < maps->mappings[at].start)
        at = 0;
    while (at < maps->count && address >= maps->mappings[at].end)
        at++;
    sweep->mapping = at;
    if (at < maps->count && address >= maps->mappings[at].start)
        sweep->has_blocks[at] = true;
}

static void add_live(struct sweep *sweep, uint32_t id, uint32_t epoch, uint64_t size, double weight)
{
    struct cut_stack *stack = &sweep->cut->stacks[id];
    double bytes = (double)size * weight;
    stack->live_blocks += weight;
    stack->live_bytes += bytes;
    /* Horvitz-Thompson: (1 - p) / p^2 times the square of the value */
    stack->variance += (double)size * (double)size * (weight - 1) * weight;
    if (!tally_add(&sweep->cut->tally, CUT_KEY(id, epoch, size_class(size)), weight, bytes))
        sweep->out_of_memory = true;
}

static void count_block(struct sweep *sweep, const struct block *block)
{
    double weight = 1 / sample_probability(block->size);
    add_live(sweep, block->stack, block->epoch, block->size, weight);
    mark_mapping(sweep, block->address);
    arenas_add(&sweep->cut->arenas, block, weight);
}

/* Blocks are neighbours, their stacks are not: the memory that a block needs is fetched while the
 * blocks before it are counted. */
static void visit_block(const struct block *block, void *context)
{
    struct sweep *sweep = context;
    const struct cut *cut = sweep->cut;
    if (block->stack > cut->stack_count)
        return; /* allocated after the cut began */
    struct block *place = &sweep->ahead[sweep->turn++ % AHEAD];
    if (place->stack)
        count_block(sweep, place);
    *place = *block;
    __builtin_prefetch(&cut->stacks[block->stack], 1);
    tally_prefetch(&cut->tally, CUT_KEY(block->stack, block->epoch, size_class(block->size)));
}

static void count_rest(struct sweep *sweep)
{
    for (unsigned i = 0; i < AHEAD; i++) {
        struct block *place = &sweep->ahead[sweep->turn++ % AHEAD];
        if (place->stack)
            count_block(sweep, place);
        place->stack = 0;
    }
}

static void visit_pool_block(const struct block *block, void *context)
{
    struct sweep *sweep = context;
    const struct process_maps *maps = &sweep->cut->maps;
    size_t at = process_mapping_after(maps, block->address);
    if (block->stack > sweep->cut->stack_count)
        return;
    add_live(sweep, block->stack, block->epoch, block->size, 1);
    if (at < maps->count && block->address >= maps->mappings[at].start)
        sweep->has_blocks[at] = true;
}

/* ---- counters -----------------------------------------------------------------------------------
 */

/* How much of the stacks of ended threads was resident is unknown: we take the mean of the others.
 */
static void guess_stacks(struct cut_stack *stack)
{
    if (stack->live_blocks > 0)
        stack->allocated_bytes =
            (uint64_t)(stack->live_bytes / stack->live_blocks * (double)stack->allocations + 0.5);
}

static void add_counters(struct cut *cut)
{
    for (struct thread *thread = thread_first(); thread; thread = thread->next)
        for (unsigned i = 0; i < THREAD_CACHE_SIZE; i++) {
            const struct thread_stack *cached = &thread->cache[i];
            uint32_t id = thread_stack_id(cached);
            if (!cached->count || id > cut->stack_count)
                continue;
            cut->stacks[id].allocations += cached->count;
            cut->stacks[id].allocated_bytes += cached->bytes;
        }
    for (uint32_t id = 1; id <= cut->stack_count; id++) {
        if (!stacks_get(id))
            continue;
        const struct stack_counters *counters = stacks_counters(id);
        cut->stacks[id].allocations += counters->allocations;
        cut->stacks[id].allocated_bytes += counters->bytes;
        cut->stacks[id].allocations = sample_allocations(cut->stacks[id].allocations);
        if (cut->stacks[id].live_blocks > (double)cut->stacks[id].allocations)
            cut->stacks[id].allocations = (uint64_t)(cut->stacks[id].live_blocks + 0.5);
        if (cut->stacks[id].kind == KIND_THREAD)
            guess_stacks(&cut->stacks[id]);
    }
}

static void set_kinds(struct cut *cut)
{
    for (uint32_t id = 1; id <= cut->stack_count; id++) {
        const struct stack *stack = stacks_get(id);
        if (stack)
            cut->stacks[id].kind =
                stack->kind == KIND_MALLOC && buffers_match(stack) ? KIND_BUFFER : stack->kind;
    }
}

/* ---- mappings
 * ------------------------------------------------------------------------------------ */

/* The program's mappings and threads are live blocks too. They count by size; mappings made without
 * access (V8 reserves gigabytes) and thread stacks count by their resident bytes. */
static void add_mappings(struct sweep *sweep)
{
    struct cut *cut = sweep->cut;
    for (size_t i = 0; i < cut->region_count; i++) {
        const struct cut_region *region = &cut->regions[i];
        if (!region->stack || region->stack > cut->stack_count || region->owner == OWNER_ALLOCATOR)
            continue;
        add_live(sweep, region->stack, region->epoch,
                 region->reserved ? region->resident : region->end - region->start, 1);
    }
}

/* Modules that no stack has led to yet. */
static void learn_modules(const struct cut *cut)
{
    for (size_t i = 0; i < cut->maps.count; i++) {
        const struct process_mapping *mapping = &cut->maps.mappings[i];
        if (mapping->kind == MAPPED_FILE && mapping->file_offset == 0)
            modules_find_mapped(mapping->start, cut->maps.paths + mapping->path);
    }
}

static void add_totals(struct cut *cut)
{
    for (uint32_t id = 1; id <= cut->stack_count; id++) {
        cut->live_blocks += cut->stacks[id].live_blocks;
        cut->live_bytes += cut->stacks[id].live_bytes;
    }
}

int cut_begin(struct cut *cut)
{
    memset(cut, 0, sizeof *cut);
    cut->begun_ns = clock_now();
    cut->pagemap = pagemap_open();
    cut->epoch = epoch_close();
    identity_read(&cut->identity);
    allocators_find(&cut->allocators);
    int failed = process_read_maps(&cut->maps, process_choose_way(cut->pagemap), cut->pagemap);
    if (!failed)
        learn_modules(cut);
    return failed;
}

static bool is_glibc(const struct cut *cut)
{
    return cut->allocators.name && strcmp(cut->allocators.name, ALLOCATORS_GLIBC) == 0;
}

/* Sampled recording gives sums only, and no holes between blocks. */
static void count_arenas(struct cut *cut)
{
    arenas_end(&cut->arenas, &cut->maps, cut->pagemap);
    allocators_count_glibc(&cut->allocators, &cut->arenas);
    if (options.sample)
        cut->arenas.count = 0;
}

static int sweep_blocks(struct cut *cut, bool *has_blocks)
{
    struct sweep sweep = {.cut = cut, .has_blocks = has_blocks};
    memset(cut->stacks, 0, (cut->stack_count + 1) * sizeof *cut->stacks);
    memset(has_blocks, 0, cut->maps.count + 1);
    if (is_glibc(cut) && !arenas_find(&cut->arenas, &cut->maps))
        return ENOMEM;
    if (!tally_expect(&cut->tally, cut->stack_count))
        return ENOMEM;
    ordered_each(visit_block, &sweep);
    count_rest(&sweep);
    if (is_glibc(cut))
        count_arenas(cut);
    pools_each(visit_pool_block, &sweep);
    int failed = cut_attribute(cut, has_blocks);
    if (failed)
        return failed;
    set_kinds(cut);
    add_mappings(&sweep);
    add_counters(cut);
    add_totals(cut);
    return sweep.out_of_memory ? ENOMEM : 0;
}

int cut_finish(struct cut *cut)
{
    cut->stack_count = stacks_count();
    cut->stacks = memory_alloc((cut->stack_count + 1) * sizeof *cut->stacks);
    bool *has_blocks = memory_alloc(cut->maps.count + 1);
    int failed = cut->stacks && has_blocks ? sweep_blocks(cut, has_blocks) : ENOMEM;
    memory_free(has_blocks);
    cut->duration_ns = clock_now() - cut->begun_ns;
    return failed;
}

const struct stack *cut_stack(const struct cut *cut, uint32_t id)
{
    const struct stack *stack = stacks_get(id);
    const struct cut_stack *live = &cut->stacks[id];
    return stack && (live->allocations || live->live_blocks > 0) ? stack : NULL;
}

void cut_done(struct cut *cut)
{
    memory_free(cut->stacks);
    memory_free(cut->regions);
    arenas_done(&cut->arenas);
    tally_done(&cut->tally);
    process_maps_done(&cut->maps);
    pagemap_close(cut->pagemap);
}
