/* attribute.c -- Owners of the resident memory: the rows of table rss, to the byte.
 *
 * Three sources are used in this order: ranges with a known owner (the program's own mappings, our
 * memory, thread stacks), counted page by page; the kernel's name of a mapping; and for anonymous
 * memory whether live blocks lie in it. The rest is 'other': shown, never hidden.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include <errno.h>

#include "base/memory.h"
#include "base/ranges.h"
#include "base/sort.h"
#include "cut/cut.h"
#include "kernel/pagemap.h"
#include "kernel/residency.h"
#include "record/pools.h"
#include "record/thread.h"
#include "tables/creations.h"
#include "unwind/bounds.h"

/* Of libheapdiff.so: its first byte, and the one after its last; by the linker. */
extern char __ehdr_start[] __attribute__((visibility("hidden")));
extern char _end[] __attribute__((visibility("hidden")));

struct collector {
    struct cut *cut;
    int pagemap;
    bool out_of_memory;
};

/* Pages are counted only where a mapping is resident and not covered whole: a reservation of
 * terabytes costs nothing. */
static uint64_t attribute_resident(struct collector *collector, uintptr_t start, uintptr_t end)
{
    const struct cut *cut = collector->cut;
    uint64_t sum = 0;
    for (size_t i = process_mapping_after(&cut->maps, start); i < cut->maps.count; i++) {
        const struct process_mapping *mapping = &cut->maps.mappings[i];
        if (mapping->start >= end)
            break;
        uintptr_t from = start > mapping->start ? start : mapping->start;
        uintptr_t to = end < mapping->end ? end : mapping->end;
        if (from == mapping->start && to == mapping->end)
            sum += mapping->rss;
        else if (mapping->rss)
            sum += residency_of(collector->pagemap, from, to);
    }
    return sum;
}

/* Adds a region; sort_regions derives the rest from its range. */
static void add_region(struct collector *collector, const struct cut_region *region)
{
    struct cut *cut = collector->cut;
    if (!memory_make_room(&cut->regions, sizeof *cut->regions, cut->region_count,
                          &cut->region_room)) {
        collector->out_of_memory = true;
        return;
    }
    cut->regions[cut->region_count++] = *region;
}

static void add_own(uintptr_t start, size_t size, void *context)
{
    add_region(context, &(struct cut_region){start, start + size, OWNER_HEAPDIFF, 0, 0, false, 0});
}

/* Our code and data too: most of it is touched when the first snapshot is written, and would be
 * taken for growth of the program's mappings. */
static void add_own_library(struct collector *collector)
{
    uintptr_t start = (uintptr_t)__ehdr_start / PAGEMAP_PAGE * PAGEMAP_PAGE;
    uintptr_t end = ((uintptr_t)_end + PAGEMAP_PAGE - 1) / PAGEMAP_PAGE * PAGEMAP_PAGE;
    add_own(start, end - start, collector);
}

static const struct process_mapping *find_mapping(const struct cut *cut, uintptr_t address)
{
    size_t at = process_mapping_after(&cut->maps, address);
    const struct process_mapping *mapping = &cut->maps.mappings[at];
    return at < cut->maps.count && mapping->start <= address ? mapping : NULL;
}

/* A thread's own data lies at the upper end of its stack (glibc), so the mapping around the thread
 * pointer is the stack, or several of them without guards; the thread's descriptor knows more. The
 * main thread's pointer is elsewhere, and its stack has a name. */
static void add_thread_stack(struct collector *collector, uintptr_t pointer,
                             const struct creation *creation)
{
    struct cut_region region = {.owner = OWNER_THREAD_STACK, .reserved = true};
    const struct process_mapping *mapping = find_mapping(collector->cut, pointer);
    struct bounds_thread thread;
    if (!mapping || mapping->kind != MAPPED_ANONYMOUS || pointer == thread_main_pointer())
        return;
    if (bounds_of_other(pointer, &thread)) {
        region.start = thread.start;
        region.end = thread.end;
        region.stack = creation && !thread.is_spare ? creation->stack : 0;
        region.epoch = creation ? creation->epoch : 0;
    } else if (!creation) {
        region.start = mapping->start;
        region.end = mapping->end;
    }
    if (region.end > region.start)
        add_region(collector, &region);
}

/* Threads whose creation was seen, running or not, and threads that have allocated. */
static void add_thread_stacks(struct collector *collector)
{
    struct creation *creations;
    size_t count = creations_copy(&creations);
    for (size_t i = 0; i < count; i++)
        add_thread_stack(collector, creations[i].thread, &creations[i]);
    memory_free(creations);
    for (struct thread *thread = thread_first(); thread; thread = thread->next)
        if (thread->pointer)
            add_thread_stack(collector, thread->pointer, NULL);
}

/* A heap without live blocks, in a mapping that begins elsewhere, would have no owner. */
static void add_heaps(struct collector *collector)
{
    for (size_t i = 0; i < collector->cut->maps.count; i++) {
        const struct process_mapping *mapping = &collector->cut->maps.mappings[i];
        uintptr_t start, end = mapping->start;
        while (arenas_next_heap(mapping, end, &start, &end))
            if (start != mapping->start)
                add_region(collector,
                           &(struct cut_region){start, end, OWNER_ALLOCATOR, 0, 0, false, 0});
    }
}

static int by_start(const void *a, const void *b)
{
    const struct cut_region *x = a, *y = b;
    if (x->start != y->start)
        return x->start < y->start ? -1 : 1;
    return x->stack > y->stack ? -1 : x->stack < y->stack; /* the region with a stack comes first */
}

/* Sorts the regions and removes overlaps: a region that begins inside an earlier one is cut or
 * dropped. */
static void sort_regions(struct collector *collector)
{
    struct cut *cut = collector->cut;
    size_t kept = 0;
    if (cut->region_count)
        sort(cut->regions, cut->region_count, sizeof *cut->regions, by_start);
    for (size_t i = 0; i < cut->region_count; i++) {
        struct cut_region region = cut->regions[i];
        uintptr_t covered = kept ? cut->regions[kept - 1].end : 0;
        if (region.end <= covered)
            continue;
        if (region.start < covered)
            region.start = covered;
        region.resident = attribute_resident(collector, region.start, region.end);
        cut->regions[kept++] = region;
    }
    cut->region_count = kept;
}

/* A region with blocks of a pool belongs to an allocator: else its bytes would count twice, as
 * blocks and as a mapping. */
static void give_to_pool(const struct block *block, void *context)
{
    struct cut *cut = context;
    size_t low = 0, high = cut->region_count;
    while (low < high) {
        size_t middle = (low + high) / 2;
        if (cut->regions[middle].end <= block->address)
            low = middle + 1;
        else
            high = middle;
    }
    struct cut_region *region = &cut->regions[low];
    if (low < cut->region_count && region->start <= block->address && region->owner == OWNER_MMAP)
        region->owner = OWNER_ALLOCATOR;
}

/* A file that the program has mapped is a file's memory, not the program's own. */
static enum rss_owner owner_of_region(const struct cut_region *region, bool is_file)
{
    return region->owner == OWNER_MMAP && is_file ? OWNER_FILE : region->owner;
}

/* The owner of a mapping without its known regions. */
static enum rss_owner owner_of_rest(const struct cut *cut, size_t index, bool has_blocks)
{
    const struct process_mapping *mapping = &cut->maps.mappings[index];
    const struct process_mapping *before = index ? mapping - 1 : NULL;
    if (mapping->kind == MAPPED_HEAP)
        return OWNER_ALLOCATOR;
    if (mapping->kind == MAPPED_STACK)
        return OWNER_THREAD_STACK;
    if (mapping->kind == MAPPED_FILE)
        return OWNER_FILE;
    if (mapping->kind == MAPPED_SHARED)
        return OWNER_MMAP;
    if (mapping->kind != MAPPED_ANONYMOUS)
        return OWNER_OTHER;
    if (has_blocks || mapping->start % ARENAS_HEAP_SIZE == 0)
        return OWNER_ALLOCATOR;
    /* .bss: the tail of a module's data that is not in the file */
    if (before && before->end == mapping->start && before->kind == MAPPED_FILE)
        return OWNER_FILE;
    return OWNER_OTHER;
}

static void attribute_mapping(struct collector *collector, size_t index, size_t *region,
                              bool has_blocks)
{
    struct cut *cut = collector->cut;
    const struct process_mapping *mapping = &cut->maps.mappings[index];
    bool is_file = mapping->kind == MAPPED_FILE;
    uint64_t rest = mapping->rss;
    while (*region < cut->region_count && cut->regions[*region].end <= mapping->start)
        ++*region;
    for (size_t i = *region; i < cut->region_count && cut->regions[i].start < mapping->end; i++) {
        const struct cut_region *known = &cut->regions[i];
        uintptr_t from = known->start > mapping->start ? known->start : mapping->start;
        uintptr_t to = known->end < mapping->end ? known->end : mapping->end;
        uint64_t part = attribute_resident(collector, from, to);
        if (part > rest)
            part = rest; /* pages came and went between the two readings */
        cut->rss[owner_of_region(known, is_file)] += part;
        rest -= part;
    }
    cut->rss[owner_of_rest(cut, index, has_blocks)] += rest;
}

int cut_attribute(struct cut *cut, const bool *mapping_has_blocks)
{
    struct collector collector = {.cut = cut, .pagemap = cut->pagemap};
    struct map *maps;
    size_t count = maps_copy(&maps);
    for (size_t i = 0; i < count; i++)
        add_region(&collector,
                   &(struct cut_region){maps[i].start, maps[i].end,
                                        maps[i].by_allocator ? OWNER_ALLOCATOR : OWNER_MMAP,
                                        maps[i].stack, maps[i].epoch, maps[i].reserved, 0});
    memory_free(maps);
    ranges_each(add_own, &collector);
    add_own_library(&collector);
    add_thread_stacks(&collector);
    add_heaps(&collector);
    sort_regions(&collector);
    pools_each(give_to_pool, cut);
    size_t region = 0;
    for (size_t i = 0; i < cut->maps.count; i++)
        attribute_mapping(&collector, i, &region, mapping_has_blocks[i]);
    return collector.out_of_memory ? ENOMEM : 0;
}
