/* coverage.c -- How many addresses of a snapshot have names and lines, module by module.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include "frames/coverage.h"

#include <stdlib.h>

static void coverage_add(struct coverage_count *count, const struct frame *frame)
{
    count->addresses++;
    count->named += frame->is_named;
    count->with_lines += frame->file != NULL;
}

/* Names and lines are asked of the function that the address lies in, not of what was inlined. */
static void add_location(struct coverage *coverage, struct coverage_count *modules,
                         const struct store *store, struct frames *frames, uint32_t index)
{
    const struct store_location *location = &store->locations.items[index];
    if (location->is_of_profile)
        return; /* no address: a profiler named it */
    struct frame_list list = frames_at(frames, index);
    const struct frame *frame = &list.items[list.count - 1];
    coverage_add(&coverage->total, frame);
    if (frame->is_jit) {
        coverage_add(&coverage->jit, frame);
    } else if (location->module == STORE_NONE) {
        coverage->unknown++;
    } else {
        coverage_add(&coverage->native, frame);
        coverage_add(&modules[location->module], frame);
    }
}

static int by_addresses(const void *a, const void *b)
{
    const struct coverage_module *x = a, *y = b;
    if (x->count.addresses != y->count.addresses)
        return x->count.addresses > y->count.addresses ? -1 : 1;
    return x->module < y->module ? -1 : x->module > y->module;
}

void coverage_init(struct coverage *coverage, const struct store *store, struct frames *frames,
                   struct symbols *symbols)
{
    *coverage = (struct coverage){0};
    struct coverage_count *counts = memory_zeroed(store->modules.count, sizeof *counts);
    for (uint32_t i = 0; i < store->locations.count; i++)
        add_location(coverage, counts, store, frames, i);
    for (uint32_t i = 0; i < store->modules.count; i++) {
        struct symbol_place place = frames_module_place(frames, i);
        struct coverage_module module = {.module = i, .count = counts[i]};
        if (counts[i].addresses == 0)
            continue;
        module.symbols = symbols_module(symbols, &place);
        VEC_ADD(&coverage->modules, module);
    }
    free(counts);
    if (coverage->modules.count > 0)
        qsort(coverage->modules.items, coverage->modules.count, sizeof *coverage->modules.items,
              by_addresses);
}

void coverage_done(struct coverage *coverage)
{
    VEC_DONE(&coverage->modules);
}
