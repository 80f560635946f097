/* parts.c -- The parts of RSS.
 *
 * Table rss of a snapshot names the owners of the resident pages. Live blocks and buffers lie in
 * the allocator's pages, so what the allocator owns beyond them is retention: freed memory that it
 * keeps, fragmentation, its own bookkeeping. It may be negative, as blocks that were never written
 * to are live but not resident. A managed heap's pages are mappings whose stacks the rules know.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include "judge/parts.h"

#include "frames/site_frame.h"

#include <stdlib.h>

const char *parts_name(enum part part)
{
    static const char *const names[PART_COUNT] = {
        "native blocks", "off-heap buffers", "js heap",         "allocator retention",
        "mappings",      "thread stacks",    "heapdiff itself", "other"};
    return names[part];
}

static int64_t managed_heap(const struct store *store, struct frames *frames)
{
    int64_t bytes = 0;
    for (size_t i = 0; i < store->regions.count; i++) {
        const struct store_region *region = &store->regions.items[i];
        if (region->stack != STORE_NONE &&
            site_frame_is_managed(frames, &store->stacks.items[region->stack]))
            bytes = store_sum(bytes, region->resident_bytes);
    }
    return bytes;
}

/* Blocks of kind 'mmap', 'shm' and 'thread' are mappings: their resident pages count, not their
 * length. */
static int64_t live_bytes(const struct store *store, bool buffers)
{
    int64_t bytes = 0;
    for (size_t i = 0; i < store->stacks.count; i++) {
        const struct store_stack *stack = &store->stacks.items[i];
        bool is_buffer = stack->kind == KIND_BUFFER;
        if (is_buffer == buffers && format_kind_is_block(stack->kind))
            bytes = store_sum(bytes, stack->live_bytes);
    }
    return bytes;
}

struct parts parts_of(const struct store *store, struct frames *frames)
{
    struct parts parts = {0};
    int64_t *bytes = parts.bytes;
    bytes[PART_NATIVE_BLOCKS] = live_bytes(store, false);
    bytes[PART_BUFFERS] = live_bytes(store, true);
    bytes[PART_RETENTION] = store_sum(store->rss[OWNER_ALLOCATOR],
                                      -store_sum(bytes[PART_NATIVE_BLOCKS], bytes[PART_BUFFERS]));
    bytes[PART_JS_HEAP] = managed_heap(store, frames);
    bytes[PART_MAPPINGS] =
        store_sum(store_sum(store->rss[OWNER_MMAP], store->rss[OWNER_FILE]), -bytes[PART_JS_HEAP]);
    bytes[PART_THREAD_STACKS] = store->rss[OWNER_THREAD_STACK];
    bytes[PART_HEAPDIFF] = store->rss[OWNER_HEAPDIFF];
    /* Whatever is left, so that the sum is right even if the table of owners were not. */
    bytes[PART_OTHER] = store_sum(store->facts.rss_bytes, -parts_total(&parts));
    return parts;
}

struct parts parts_growth(const struct parts *first, const struct parts *last)
{
    struct parts growth = {0};
    for (int i = 0; i < PART_COUNT; i++)
        growth.bytes[i] = store_sum(last->bytes[i], -first->bytes[i]);
    return growth;
}

int64_t parts_total(const struct parts *parts)
{
    int64_t total = 0;
    for (int i = 0; i < PART_COUNT; i++)
        total = store_sum(total, parts->bytes[i]);
    return total;
}
