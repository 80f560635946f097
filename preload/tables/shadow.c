/* shadow.c -- The memory of the live-block table: its directory, leaves and extension lines.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include "tables/shadow.h"

#include "base/memory.h"

/* The directory: 16 MiB, nearly all of it never written to. Pieces of it are made writable as
 * leaves come; 64 KiB are whole pages on every machine. */
#define PIECE_LEAVES 8192u
shadow_place *_Atomic shadow_directory;
atomic_uintptr_t shadow_space;
static atomic_bool opened[SHADOW_LEAVES / PIECE_LEAVES];

/* Extension lines come in chunks; number / POOL_LINES is the chunk. */
#define POOL_LINES  16384u
#define POOL_CHUNKS 65536u
static shadow_place pool[POOL_CHUNKS];
static atomic_uint pool_used;
static atomic_size_t reserved;

/* Memory for one of the tables above; when another thread was quicker, its memory is taken. */
static void *shadow_grow(shadow_place *place, size_t size)
{
    void *fresh = memory_map(size), *none = NULL;
    if (!fresh)
        return NULL;
    if (atomic_compare_exchange_strong(place, &none, fresh)) {
        atomic_fetch_add_explicit(&reserved, size, memory_order_relaxed);
        return fresh;
    }
    memory_unmap(fresh, size);
    return none;
}

static bool make_directory(void)
{
    const size_t size = SHADOW_LEAVES * sizeof(shadow_place);
    shadow_place *none = NULL, *fresh = memory_reserve(size);
    if (!fresh)
        return false;
    if (!atomic_compare_exchange_strong(&shadow_directory, &none, fresh))
        memory_unmap(fresh, size);
    atomic_store_explicit(&shadow_space, (uintptr_t)1 << SHADOW_SPACE_BITS, memory_order_release);
    return true;
}

static struct shadow_leaf *make_leaf(uintptr_t address)
{
    if (address >> SHADOW_SPACE_BITS || (!atomic_load(&shadow_space) && !make_directory()))
        return NULL;
    shadow_place *directory = atomic_load(&shadow_directory);
    size_t index = address >> SHADOW_LEAF_BITS, piece = index / PIECE_LEAVES;
    if (!atomic_load(&opened[piece])) {
        if (!memory_open(&directory[piece * PIECE_LEAVES], PIECE_LEAVES * sizeof(shadow_place)))
            return NULL;
        atomic_store(&opened[piece], true);
    }
    struct shadow_leaf *leaf = atomic_load(&directory[index]);
    return leaf ? leaf : shadow_grow(&directory[index], sizeof *leaf);
}

__attribute__((noinline, cold)) struct shadow_line *shadow_make_slow(uintptr_t address,
                                                                     uint32_t index)
{
    struct shadow_leaf *leaf = make_leaf(address);
    if (!leaf)
        return NULL;
    uint32_t page = index / SHADOW_PAGE_LINES;
    atomic_fetch_or_explicit(&leaf->touched[page / 64], (uint64_t)1 << (page % 64),
                             memory_order_acq_rel);
    return &leaf->lines[index];
}

static struct shadow_line *shadow_linked(uint64_t link)
{
    uint32_t number = (uint32_t)(link - 1);
    struct shadow_line *chunk =
        atomic_load_explicit(&pool[number / POOL_LINES], memory_order_acquire);
    return &chunk[number % POOL_LINES];
}

/* A lost race wastes 64 bytes. */
static struct shadow_line *shadow_extend(struct shadow_line *line)
{
    uint32_t number = atomic_fetch_add_explicit(&pool_used, 1, memory_order_relaxed);
    if (number / POOL_LINES >= POOL_CHUNKS)
        return NULL;
    shadow_place *chunk = &pool[number / POOL_LINES];
    if (!atomic_load_explicit(chunk, memory_order_acquire) &&
        !shadow_grow(chunk, POOL_LINES * sizeof(struct shadow_line)))
        return NULL;
    uint64_t link = (uint64_t)number + 1, none = 0;
    if (!atomic_compare_exchange_strong(&line->link, &none, link))
        link = none;
    return shadow_linked(link);
}

__attribute__((noinline)) struct shadow_line *shadow_next_slow(struct shadow_line *line, bool make)
{
    uint64_t link = atomic_load_explicit(&line->link, memory_order_acquire);
    if (link)
        return shadow_linked(link);
    return make ? shadow_extend(line) : NULL;
}

void shadow_each(void (*visit)(struct shadow_leaf *leaf, uintptr_t start, void *context),
                 void *context)
{
    shadow_place *directory = atomic_load(&shadow_directory);
    for (uint32_t i = 0; directory && i < SHADOW_LEAVES; i++) {
        if (!atomic_load(&opened[i / PIECE_LEAVES])) {
            i += PIECE_LEAVES - 1;
            continue;
        }
        struct shadow_leaf *leaf = atomic_load_explicit(&directory[i], memory_order_acquire);
        if (leaf)
            visit(leaf, (uintptr_t)i << SHADOW_LEAF_BITS, context);
    }
}

size_t shadow_reserved(void)
{
    return atomic_load_explicit(&reserved, memory_order_relaxed);
}
