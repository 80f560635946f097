/* blocks.c -- The live-block table: which addresses are allocated right now.
 *
 * One 64-byte line describes 512 bytes of address space, so the table lies beside the heap like a
 * shadow: neighbours in the heap are neighbours here, nothing has to be hashed, nothing ever
 * moves, and no lock is needed.
 *
 *   address   47 … 26       25 … 9        8 … 6   5 … 3
 *             leaf (64 MiB) line (512 B)  cell    offset in cell
 *
 *   line      cell 0 … cell 6: blocks that start in these 512 bytes, in any order; an address tries
 *             its own cell first. Cell 7: a link to an extension line for the eighth and more.
 *
 *   cell      bits 0…21 stack, 22…27 address / 8 within the line, 28…39 epoch, 40…63 size.
 *             0 is empty. Stack ids beyond BLOCKS_STACK_MAX are marks: a link, or the size of a
 *             block that is too big for 24 bits; that one stands in the first cell of the next
 *             line, whose 512 bytes the block covers whole.
 *
 * Costs: 64 bytes per touched 512, that is about 10 bytes per block of 64, and at most an eighth
 * of the heap. A leaf is mapped when its first block appears and is never freed.
 *
 * An address belongs to one thread between malloc and free, so only cells of a line are contended,
 * and only by threads whose blocks are within the same 512 bytes: claim by compare-and-swap,
 * release by a store. That the release is seen before the address is handed out again follows
 * from the allocator's own synchronisation.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include "tables/blocks.h"

#include <stdatomic.h>

#include "base/memory.h"
#include "base/pagemap.h"

#define LINE_BITS  9
#define LEAF_BITS  26
#define SPACE_BITS 47
#define CELLS      7 /* for blocks; the eighth is the link */
#define LEAF_LINES (1u << (LEAF_BITS - LINE_BITS))
#define PAGE_LINES (PAGEMAP_PAGE / (unsigned)sizeof(struct line))
#define LEAF_COUNT (1u << (SPACE_BITS - LEAF_BITS))

#define MARK_LINK (BLOCKS_STACK_MAX + 2)
#define MARK_SIZE (BLOCKS_STACK_MAX + 1)
#define SIZE_BIG  ((1u << 24) - 1)

/* Extension lines come in chunks; index / POOL_LINES is the chunk. */
#define POOL_LINES  16384u
#define POOL_CHUNKS 65536u

typedef _Atomic uint64_t cell;
struct line {
    cell cells[CELLS];
    cell link;
};

typedef _Atomic(struct line *) place;

/* The directory of the leaves: 16 MiB, nearly all of it never written to. Pieces of it are made
 * writable as leaves come; 64 KiB are whole pages on every machine. */
#define PIECE_LEAVES 8192u
static place *_Atomic leaves;
static atomic_uintptr_t space; /* addresses below have a place in the directory; 0: none yet */
static atomic_bool opened[LEAF_COUNT / PIECE_LEAVES];

static place pool[POOL_CHUNKS];
static atomic_uint pool_used;
static atomic_size_t reserved;

static uint64_t pack(const struct block *block)
{
    uint64_t size = block->size < SIZE_BIG ? block->size : SIZE_BIG;
    return block->stack | (uint64_t)((block->address >> 3) & 63) << 22 |
           (uint64_t)block->epoch << 28 | size << 40;
}

static uint32_t stack_of(uint64_t value)
{
    return value & ((1u << BLOCKS_STACK_BITS) - 1);
}

static uint32_t offset_of(uint64_t value)
{
    return (value >> 22) & 63;
}

/* The cell that an address tries first; cell 7 is the link, so its addresses share cell 6. */
static unsigned first_cell(uintptr_t address)
{
    unsigned own = (address >> 6) & 7;
    return own < CELLS ? own : CELLS - 1;
}

/* Memory for one of the tables above; when another thread was quicker, its memory is taken. */
static struct line *grow(place *at, size_t size)
{
    struct line *fresh = memory_map(size);
    struct line *none = NULL;
    if (!fresh)
        return NULL;
    if (atomic_compare_exchange_strong(at, &none, fresh)) {
        atomic_fetch_add_explicit(&reserved, size, memory_order_relaxed);
        return fresh;
    }
    memory_unmap(fresh, size);
    return none;
}

static bool make_directory(void)
{
    const size_t size = LEAF_COUNT * sizeof(place);
    place *none = NULL, *fresh = memory_reserve(size);
    if (!fresh)
        return false;
    if (!atomic_compare_exchange_strong(&leaves, &none, fresh))
        memory_unmap(fresh, size);
    atomic_store_explicit(&space, (uintptr_t)1 << SPACE_BITS, memory_order_release);
    return true;
}

static __attribute__((noinline, cold)) struct line *make_leaf_slow(uintptr_t address)
{
    if (address >> SPACE_BITS || (!atomic_load(&space) && !make_directory()))
        return NULL;
    place *directory = atomic_load(&leaves);
    size_t index = address >> LEAF_BITS, piece = index / PIECE_LEAVES;
    if (!atomic_load(&opened[piece])) {
        if (!memory_open(&directory[piece * PIECE_LEAVES], PIECE_LEAVES * sizeof(place)))
            return NULL;
        atomic_store(&opened[piece], true);
    }
    struct line *leaf = atomic_load(&directory[index]);
    return leaf ? leaf : grow(&directory[index], LEAF_LINES * sizeof *leaf);
}

static struct line *find_line(uintptr_t address, bool make)
{
    struct line *leaf = NULL;
    if (__builtin_expect(address < atomic_load_explicit(&space, memory_order_acquire), 1))
        leaf = atomic_load_explicit(
            &atomic_load_explicit(&leaves, memory_order_relaxed)[address >> LEAF_BITS],
            memory_order_acquire);
    if (__builtin_expect(!leaf, 0)) {
        if (!make || !(leaf = make_leaf_slow(address)))
            return NULL;
    }
    return &leaf[(address >> LINE_BITS) & (LEAF_LINES - 1)];
}

static struct line *linked(uint64_t link)
{
    uint32_t index = (uint32_t)(link >> 28);
    struct line *chunk = atomic_load_explicit(&pool[index / POOL_LINES], memory_order_acquire);
    return &chunk[index % POOL_LINES];
}

/* The line behind a full one. A lost race wastes 64 bytes. */
static __attribute__((noinline, cold)) struct line *extend_slow(struct line *line)
{
    uint32_t index = atomic_fetch_add_explicit(&pool_used, 1, memory_order_relaxed);
    if (index / POOL_LINES >= POOL_CHUNKS)
        return NULL;
    place *chunk = &pool[index / POOL_LINES];
    if (!atomic_load_explicit(chunk, memory_order_acquire) &&
        !grow(chunk, POOL_LINES * sizeof **chunk))
        return NULL;
    uint64_t link = MARK_LINK | (uint64_t)index << 28;
    uint64_t none = 0;
    if (!atomic_compare_exchange_strong(&line->link, &none, link))
        link = none;
    return linked(link);
}

static struct line *next_line(struct line *line, bool make)
{
    uint64_t link = atomic_load_explicit(&line->link, memory_order_acquire);
    if (link)
        return linked(link);
    return make ? extend_slow(line) : NULL;
}

/* The size of a big block, in the line behind its own; see the essay above. */
static bool put_big_size(const struct block *block)
{
    struct line *line = find_line(block->address + (1u << LINE_BITS), true);
    if (!line || block->size >> 42)
        return false;
    atomic_store_explicit(&line->cells[0], MARK_SIZE | block->size << 22, memory_order_relaxed);
    return true;
}

static uint64_t big_size(uintptr_t address, bool take)
{
    struct line *line = find_line(address + (1u << LINE_BITS), false);
    uint64_t value = line ? atomic_load_explicit(&line->cells[0], memory_order_relaxed) : 0;
    if (stack_of(value) != MARK_SIZE)
        return SIZE_BIG; /* only while a block is being freed under blocks_each */
    if (take)
        atomic_store_explicit(&line->cells[0], 0, memory_order_relaxed);
    return value >> 22;
}

void blocks_prefetch(uintptr_t address)
{
    struct line *line = find_line(address, false);
    if (line)
        __builtin_prefetch(&line->cells[first_cell(address)], 1);
}

bool blocks_insert(const struct block *block)
{
    struct line *line = find_line(block->address, true);
    uint64_t value = pack(block);
    if (__builtin_expect(block->size >= SIZE_BIG, 0) && (!line || !put_big_size(block)))
        return false;
    unsigned first = first_cell(block->address);
    for (; line; line = next_line(line, true)) {
        for (unsigned i = 0; i < CELLS; i++) {
            unsigned at = first + i < CELLS ? first + i : first + i - CELLS;
            uint64_t none = 0;
            if (!atomic_load_explicit(&line->cells[at], memory_order_relaxed) &&
                atomic_compare_exchange_strong_explicit(&line->cells[at], &none, value,
                                                        memory_order_release, memory_order_relaxed))
                return true;
        }
    }
    return false;
}

static void unpack(uint64_t value, uintptr_t line_address, bool take, struct block *block)
{
    block->address = line_address + offset_of(value) * 8;
    block->stack = stack_of(value);
    block->epoch = (value >> 28) & BLOCKS_EPOCH_MAX;
    block->size = value >> 40;
    if (__builtin_expect(block->size == SIZE_BIG, 0))
        block->size = big_size(block->address, take);
}

static bool is_at(uint64_t value, uint32_t offset)
{
    return value && offset_of(value) == offset && stack_of(value) <= BLOCKS_STACK_MAX;
}

/* In sampled recording most lines are empty, and most frees are of blocks that are not here. */
static inline bool is_empty(struct line *line)
{
    uint64_t any = atomic_load_explicit(&line->link, memory_order_relaxed);
    for (unsigned i = 0; i < CELLS; i++)
        any |= atomic_load_explicit(&line->cells[i], memory_order_relaxed);
    return any == 0;
}

/* The cell of the block with this offset, in the line or its extensions; NULL when there is none.
 * Looks in the order in which blocks_insert has looked for a free one. */
static __attribute__((noinline)) cell *search(struct line *line, unsigned first, uint32_t offset)
{
    for (; line; line = next_line(line, false))
        for (unsigned i = 0; i < CELLS; i++) {
            cell *at = &line->cells[first + i < CELLS ? first + i : first + i - CELLS];
            if (is_at(atomic_load_explicit(at, memory_order_relaxed), offset))
                return at;
        }
    return NULL;
}

bool blocks_remove(uintptr_t address, struct block *was)
{
    uint32_t offset = (address >> 3) & 63;
    struct line *line = find_line(address, false);
    if (!line)
        return false;
    cell *found = &line->cells[first_cell(address)];
    if (__builtin_expect(!is_at(atomic_load_explicit(found, memory_order_relaxed), offset), 0)) {
        if (__builtin_expect(is_empty(line), 1) ||
            !(found = search(line, first_cell(address), offset)))
            return false;
    }
    uint64_t value = atomic_load_explicit(found, memory_order_relaxed);
    atomic_store_explicit(found, 0, memory_order_relaxed);
    unpack(value, address & ~(uintptr_t)((1u << LINE_BITS) - 1), true, was);
    return true;
}

static void visit_line(struct line *line, uintptr_t address,
                       void (*visit)(const struct block *, void *), void *context)
{
    for (; line; line = next_line(line, false)) {
        for (unsigned i = 0; i < CELLS; i++) {
            uint64_t value = atomic_load_explicit(&line->cells[i], memory_order_acquire);
            if (!value || stack_of(value) > BLOCKS_STACK_MAX)
                continue;
            struct block block;
            unpack(value, address, false, &block);
            visit(&block, context);
        }
    }
}

/* Lines of one page of a leaf. */
static void visit_page(struct line *lines, uintptr_t address,
                       void (*visit)(const struct block *, void *), void *context)
{
    for (unsigned i = 0; i < PAGE_LINES; i++)
        visit_line(&lines[i], address + ((uintptr_t)i << LINE_BITS), visit, context);
}

/* Pages that nobody has written to are passed over: reading them would make the kernel map them. */
static void visit_leaf(struct line *leaf, uintptr_t address, int pagemap,
                       void (*visit)(const struct block *, void *), void *context)
{
    uint64_t pages[LEAF_LINES / PAGE_LINES];
    size_t known = pagemap_read(pagemap, (uintptr_t)leaf, LEAF_LINES / PAGE_LINES, pages);
    for (unsigned i = 0; i < LEAF_LINES / PAGE_LINES; i++)
        if (i >= known || pages[i] & (PAGEMAP_PRESENT | PAGEMAP_SWAPPED))
            visit_page(&leaf[i * PAGE_LINES], address + ((uintptr_t)i * PAGE_LINES << LINE_BITS),
                       visit, context);
}

void blocks_each(void (*visit)(const struct block *block, void *context), void *context)
{
    int pagemap = pagemap_open();
    for (uint32_t i = 0; i < LEAF_COUNT; i++) {
        if (!atomic_load(&opened[i / PIECE_LEAVES])) {
            i += PIECE_LEAVES - 1;
            continue;
        }
        struct line *leaf = atomic_load_explicit(&atomic_load(&leaves)[i], memory_order_acquire);
        if (leaf)
            visit_leaf(leaf, (uintptr_t)i << LEAF_BITS, pagemap, visit, context);
    }
    pagemap_close(pagemap);
}

size_t blocks_reserved(void)
{
    return atomic_load_explicit(&reserved, memory_order_relaxed);
}
