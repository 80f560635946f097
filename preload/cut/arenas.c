/* arenas.c -- Free memory that glibc's malloc holds: the holes between live blocks.
 *
 * A chunk is the block with 8 bytes more, rounded up to 16, at least 32 (malloc/malloc.c,
 * request2size). Memory between the end of one chunk and the begin of the next live one is free, in
 * whatever list of the allocator, or was allocated before recording began.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include "cut/arenas.h"

#include <string.h>

#include "base/memory.h"
#include "base/probe.h"
#include "kernel/pagemap.h"
#include "kernel/residency.h"

#define CHUNK_LEAST 32u

/* Every step of a mapping costs a system call. A larger one is a reservation (a sanitizer's shadow,
 * the heap of ZGC or Go), not 4,096 full heaps side by side. */
#define HEAPS_MOST ((uintptr_t)4096)

static bool is_main(const struct process_mapping *mapping)
{
    return mapping->kind == MAPPED_HEAP;
}

/* The head of a heap (malloc/arena.c, struct _heap_info). */
struct heap_info {
    uintptr_t arena, previous;
    size_t size, writable; /* in use; made accessible so far */
};

/* A thread's stack may begin at such an address too. In the middle of a mapping (the kernel shows a
 * heap and memory that ends where it begins as one) also the end must be right; a heap with a
 * mapping of its own may have grown since, or be shown in parts. */
static bool begins_heap(const struct process_mapping *mapping, uintptr_t start)
{
    struct heap_info info;
    uintptr_t end =
        start + ARENAS_HEAP_SIZE < mapping->end ? start + ARENAS_HEAP_SIZE : mapping->end;
    return probe_copy(&info, start, sizeof info) && info.arena && info.arena % 16 == 0 &&
           info.previous % ARENAS_HEAP_SIZE == 0 && info.size && info.size <= info.writable &&
           info.writable <= ARENAS_HEAP_SIZE && info.writable % PAGEMAP_PAGE == 0 &&
           (start == mapping->start || start + info.writable == end);
}

bool arenas_next_heap(const struct process_mapping *mapping, uintptr_t from, uintptr_t *start,
                      uintptr_t *end)
{
    if (mapping->kind != MAPPED_ANONYMOUS || mapping->permissions[1] != 'w' ||
        mapping->end - mapping->start > HEAPS_MOST * ARENAS_HEAP_SIZE)
        return false;
    for (uintptr_t at = (from + ARENAS_HEAP_SIZE - 1) / ARENAS_HEAP_SIZE * ARENAS_HEAP_SIZE;
         at < mapping->end; at += ARENAS_HEAP_SIZE) {
        if (!begins_heap(mapping, at))
            continue;
        *start = at;
        *end = at + ARENAS_HEAP_SIZE < mapping->end ? at + ARENAS_HEAP_SIZE : mapping->end;
        return true;
    }
    return false;
}

static struct arena *add_arena(struct arenas *arenas, uintptr_t start, uintptr_t end)
{
    if (!memory_make_room(&arenas->list, sizeof *arenas->list, arenas->count, &arenas->room))
        return NULL;
    struct arena *arena = &arenas->list[arenas->count++];
    memset(arena, 0, sizeof *arena);
    arena->start = start;
    arena->end = end;
    return arena;
}

/* The break is one arena, although it may be shown in several parts. */
static bool add_break(struct arenas *arenas, const struct process_mapping *mapping)
{
    struct arena *last = arenas->count ? &arenas->list[arenas->count - 1] : NULL;
    if (!last || last->end != mapping->start)
        return add_arena(arenas, mapping->start, mapping->end) != NULL;
    last->end = mapping->end;
    return true;
}

bool arenas_find(struct arenas *arenas, const struct process_maps *maps)
{
    for (size_t i = 0; i < maps->count; i++) {
        const struct process_mapping *mapping = &maps->mappings[i];
        if (is_main(mapping) && !add_break(arenas, mapping))
            return false;
        uintptr_t start, end = mapping->start;
        while (arenas_next_heap(mapping, end, &start, &end))
            if (!add_arena(arenas, start, end))
                return false;
    }
    return true;
}

static void add_hole(struct arena *arena, uint64_t bytes)
{
    unsigned class = 63u - (unsigned)__builtin_clzll(bytes);
    struct arena_holes *holes = &arena->holes[class < ARENAS_CLASSES ? class : ARENAS_CLASSES - 1];
    holes->count++;
    holes->bytes += bytes;
    arena->hole_bytes += bytes;
}

void arenas_add(struct arenas *arenas, const struct block *block, double weight)
{
    uint64_t chunk = (block->size + 8 + 15) & ~(uint64_t)15;
    chunk = chunk < CHUNK_LEAST ? CHUNK_LEAST : chunk;
    while (arenas->at < arenas->count && arenas->list[arenas->at].end <= block->address)
        arenas->at++;
    struct arena *arena = &arenas->list[arenas->at];
    if (arenas->at == arenas->count || block->address < arena->start) {
        arenas->outside_bytes += (uint64_t)((double)chunk * weight + 0.5);
        return;
    }
    if (arena->last_end && block->address >= arena->last_end + CHUNK_LEAST)
        add_hole(arena, block->address - arena->last_end);
    arena->last_end = block->address + chunk;
    arena->chunk_bytes += (uint64_t)((double)chunk * weight + 0.5);
    arena->live_blocks++;
    arena->live_bytes += block->size;
}

static uint64_t resident_in(const struct process_mapping *mapping, const struct arena *arena,
                            int pagemap)
{
    if (mapping->start >= arena->start && mapping->end <= arena->end)
        return mapping->rss;
    uintptr_t from = mapping->start > arena->start ? mapping->start : arena->start;
    return residency_of(pagemap, from, mapping->end < arena->end ? mapping->end : arena->end);
}

void arenas_end(struct arenas *arenas, const struct process_maps *maps, int pagemap)
{
    for (size_t i = 0; i < arenas->count; i++) {
        struct arena *arena = &arenas->list[i];
        for (size_t j = process_mapping_after(maps, arena->start);
             j < maps->count && maps->mappings[j].start < arena->end; j++)
            arena->resident += resident_in(&maps->mappings[j], arena, pagemap);
        if (!arena->last_end || arena->last_end >= arena->end)
            continue;
        uintptr_t page = (arena->last_end + 4095) & ~(uintptr_t)4095;
        arena->top_bytes = arena->end - arena->last_end;
        arena->top_resident = residency_of(pagemap, page, arena->end);
    }
}

void arenas_done(struct arenas *arenas)
{
    memory_free(arenas->list);
}
