/* arenas.c -- Where glibc's malloc holds memory that nobody uses: the holes between live blocks.
 *
 * A chunk is the block with 8 bytes more, rounded up to 16, at least 32 (malloc/malloc.c,
 * request2size). What lies between the end of one chunk and the begin of the next live one is free,
 * in whatever list of the allocator, or was allocated before recording began.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include "snapshot/arenas.h"

#include <string.h>

#include "base/memory.h"

#define HEAP_SIZE   ((uintptr_t)64 << 20) /* HEAP_MAX_SIZE, to which heaps are aligned */
#define CHUNK_LEAST 32u

static bool is_main(const struct process_mapping *mapping)
{
    return strcmp(mapping->kind, "heap") == 0;
}

static bool is_other_heap(const struct process_mapping *mapping)
{
    return strcmp(mapping->kind, "anonymous") == 0 && mapping->start % HEAP_SIZE == 0 &&
           mapping->end - mapping->start <= HEAP_SIZE && mapping->permissions[1] == 'w';
}

bool arenas_find(struct arenas *arenas, const struct process_maps *maps)
{
    for (size_t i = 0; i < maps->count; i++) {
        const struct process_mapping *mapping = &maps->mappings[i];
        if (!is_main(mapping) && !is_other_heap(mapping))
            continue;
        struct arena *last = arenas->count ? &arenas->list[arenas->count - 1] : NULL;
        if (last && is_main(mapping) && last->end == mapping->start) {
            last->end = mapping->end; /* one break, shown in several parts */
            continue;
        }
        if (!memory_make_room(&arenas->list, sizeof *arenas->list, arenas->count, &arenas->room))
            return false;
        struct arena *arena = &arenas->list[arenas->count++];
        memset(arena, 0, sizeof *arena);
        arena->start = mapping->start;
        arena->end = mapping->end;
    }
    return true;
}

static void add_hole(struct arenas *arenas, struct arena *arena, uint64_t bytes)
{
    unsigned class = 63u - (unsigned)__builtin_clzll(bytes);
    struct arena_holes *holes = &arena->holes[class < ARENAS_CLASSES ? class : ARENAS_CLASSES - 1];
    holes->count++;
    holes->bytes += bytes;
    arena->hole_bytes += bytes;
    arenas->holes++;
}

void arenas_add(struct arenas *arenas, const struct block *block)
{
    while (arenas->at < arenas->count && arenas->list[arenas->at].end <= block->address)
        arenas->at++;
    struct arena *arena = &arenas->list[arenas->at];
    if (arenas->at == arenas->count || block->address < arena->start)
        return;
    uint64_t chunk = (block->size + 8 + 15) & ~(uint64_t)15;
    if (arena->last_end && block->address >= arena->last_end + CHUNK_LEAST)
        add_hole(arenas, arena, block->address - arena->last_end);
    arena->last_end = block->address + (chunk < CHUNK_LEAST ? CHUNK_LEAST : chunk);
    arena->live_blocks++;
    arena->live_bytes += block->size;
}

void arenas_end(struct arenas *arenas, const struct process_maps *maps, int pagemap)
{
    for (size_t i = 0; i < arenas->count; i++) {
        struct arena *arena = &arenas->list[i];
        for (size_t j = process_mapping_after(maps, arena->start);
             j < maps->count && maps->mappings[j].start < arena->end; j++)
            arena->resident += maps->mappings[j].rss;
        if (!arena->last_end || arena->last_end >= arena->end)
            continue;
        uintptr_t page = (arena->last_end + 4095) & ~(uintptr_t)4095;
        arena->top_bytes = arena->end - arena->last_end;
        arena->top_resident = process_resident(pagemap, page, arena->end);
    }
}

void arenas_done(struct arenas *arenas)
{
    memory_free(arenas->list);
}
