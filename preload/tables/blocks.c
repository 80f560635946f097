/* blocks.c -- The live-block table: which addresses are allocated right now.
 *
 * Lines of 64 bytes describe the address space, so the table lies beside the heap like a shadow:
 * neighbours in the heap are neighbours here, nothing has to be hashed, nothing ever moves, and no
 * lock is needed. There are two shadows. A near line has the small blocks that start in 512 bytes;
 * a far line has those of FAR_LEAST bytes and more that start in 4 KiB. (A near line each, far from
 * the next one, would cost a page of the table each, an eighth of the heap.)
 *
 *   address   47 … 26       25 … 9 (near), 12 (far)     8 … 6 (11 … 9)   rest
 *             leaf (64 MiB) line (512 B or 4 KiB)        cell            offset in cell
 *
 *   line      cell 0 … cell 6: blocks that start in its range, in any order; an address tries its
 *             own cell first. Cell 7: a link to an extension line for the eighth and more, which
 *             only small blocks can need.
 *
 *   cell      bits 0…21 stack, 22…30 address / 8 within the line, 31…42 epoch, 43…63 size.
 *             0 is empty. A size that is too big for 21 bits has a cell of its own, marked by a
 *             stack id beyond BLOCKS_STACK_MAX: the first of the next far line, whose 4 KiB the
 *             block covers whole.
 *
 * A free does not know the size: it looks for a small block first. So that this look does not make
 * the kernel map a page that was never written to, a leaf begins with a bit for each of its pages.
 *
 * Costs: of a small block 64 bytes per touched 512, that is about 10 bytes for one of 64, and at
 * most an eighth of its size; of others at most 1.6 % and 64 bytes. The memory is shadow.c's.
 *
 * An address belongs to one thread between malloc and free, so only cells of a line are contended,
 * and only by threads whose blocks are in the same line: claim by compare-and-swap, release by a
 * store. That the release is seen before the address is handed out again follows from the
 * allocator's own synchronisation.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include "tables/blocks.h"

#include <stdatomic.h>

#include "tables/shadow.h"

#define FAR_LEAST 640 /* bytes; no more than seven such blocks start in a far line */
#define UNIT_LINES                                                                                 \
    (1u << (SHADOW_FAR_BITS - SHADOW_NEAR_BITS)) /* near lines of a far one's range */

#define MARK_SIZE (BLOCKS_STACK_MAX + 1)
#define SIZE_BIG  ((1u << 21) - 1)

static uint64_t blocks_pack(const struct block *block, uint32_t offset)
{
    uint64_t size = block->size < SIZE_BIG ? block->size : SIZE_BIG;
    return block->stack | (uint64_t)offset << 22 | (uint64_t)block->epoch << 31 | size << 43;
}

static uint32_t stack_of(uint64_t value)
{
    return value & ((1u << BLOCKS_STACK_BITS) - 1);
}

static uint32_t offset_of(uint64_t value)
{
    return (value >> 22) & 511;
}

/* Where an address has its place in a shadow. */
struct place {
    uint32_t line;   /* of the leaf's lines */
    unsigned first;  /* the cell to try first; cell 7 is the link, so its addresses share cell 6 */
    uint32_t offset; /* in the line's range, in units of 8 bytes */
};

static inline struct place place_in(uintptr_t address, unsigned bits, uint32_t lines_before)
{
    unsigned own = (address >> (bits - 3)) & 7;
    return (struct place){
        .line = lines_before + ((uint32_t)(address & ((1u << SHADOW_LEAF_BITS) - 1)) >> bits),
        .first = own < SHADOW_CELLS ? own : SHADOW_CELLS - 1,
        .offset = (uint32_t)(address & ((1u << bits) - 1)) >> 3,
    };
}

static inline struct place near_place(uintptr_t address)
{
    return place_in(address, SHADOW_NEAR_BITS, SHADOW_FAR_LINES);
}

static inline struct place far_place(uintptr_t address)
{
    return place_in(address, SHADOW_FAR_BITS, 0);
}

/* The size of a big block, in the far line behind its own; see the essay above. */
static bool put_big_size(const struct block *block)
{
    uintptr_t behind = block->address + (1u << SHADOW_FAR_BITS);
    struct shadow_line *line = shadow_make(behind, far_place(behind).line);
    if (!line || block->size >> 42)
        return false;
    atomic_store_explicit(&line->cells[0], MARK_SIZE | block->size << 22, memory_order_relaxed);
    return true;
}

static uint64_t big_size(uintptr_t address, bool take)
{
    uintptr_t behind = address + (1u << SHADOW_FAR_BITS);
    struct shadow_leaf *leaf = shadow_leaf_of(behind);
    struct shadow_line *line = leaf ? shadow_known(leaf, far_place(behind).line) : NULL;
    uint64_t value = line ? atomic_load_explicit(&line->cells[0], memory_order_relaxed) : 0;
    if (stack_of(value) != MARK_SIZE)
        return SIZE_BIG; /* only while a block is being freed under blocks_each */
    if (take)
        atomic_store_explicit(&line->cells[0], 0, memory_order_relaxed);
    return value >> 22;
}

static inline struct place place_of(uintptr_t address, uint64_t size)
{
    return size < FAR_LEAST ? near_place(address) : far_place(address);
}

void blocks_prefetch(uintptr_t address, uint64_t size)
{
    struct place place = place_of(address, size);
    struct shadow_leaf *leaf = shadow_leaf_of(address);
    if (leaf)
        __builtin_prefetch(&leaf->lines[place.line].cells[place.first], 1);
}

bool blocks_insert(const struct block *block)
{
    struct place place = place_of(block->address, block->size);
    struct shadow_line *line = shadow_make(block->address, place.line);
    uint64_t value = blocks_pack(block, place.offset);
    if (__builtin_expect(block->size >= SIZE_BIG, 0) && (!line || !put_big_size(block)))
        return false;
    for (; line; line = shadow_next(line, true)) {
        for (unsigned i = 0; i < SHADOW_CELLS; i++) {
            unsigned at =
                place.first + i < SHADOW_CELLS ? place.first + i : place.first + i - SHADOW_CELLS;
            uint64_t none = 0;
            if (!atomic_load_explicit(&line->cells[at], memory_order_relaxed) &&
                atomic_compare_exchange_strong_explicit(&line->cells[at], &none, value,
                                                        memory_order_release, memory_order_relaxed))
                return true;
        }
    }
    return false;
}

/* `start`: of the line's range. */
static inline void blocks_unpack(uint64_t value, uintptr_t start, bool take, struct block *block)
{
    block->address = start + (uintptr_t)offset_of(value) * 8;
    block->stack = stack_of(value);
    block->epoch = (value >> 31) & BLOCKS_EPOCH_MAX;
    block->size = value >> 43;
    if (__builtin_expect(block->size == SIZE_BIG, 0))
        block->size = big_size(block->address, take);
}

static inline bool is_at(uint64_t value, uint32_t offset)
{
    return value && offset_of(value) == offset && stack_of(value) <= BLOCKS_STACK_MAX;
}

/* In sampled recording most lines are empty, and most frees are of blocks that are not here. */
static inline bool is_empty(struct shadow_line *line)
{
    uint64_t any = atomic_load_explicit(&line->link, memory_order_relaxed);
    for (unsigned i = 0; i < SHADOW_CELLS; i++)
        any |= atomic_load_explicit(&line->cells[i], memory_order_relaxed);
    return any == 0;
}

/* The cell of the block with this offset, in the line or its extensions; NULL when there is none.
 * Looks in the order in which blocks_insert has looked for a free one. */
static __attribute__((noinline)) shadow_cell *blocks_search(struct shadow_line *line,
                                                            unsigned first, uint32_t offset)
{
    for (; line; line = shadow_next(line, false))
        for (unsigned i = 0; i < SHADOW_CELLS; i++) {
            shadow_cell *at =
                &line->cells[first + i < SHADOW_CELLS ? first + i : first + i - SHADOW_CELLS];
            if (is_at(atomic_load_explicit(at, memory_order_relaxed), offset))
                return at;
        }
    return NULL;
}

static inline shadow_cell *blocks_find(struct shadow_leaf *leaf, struct place place)
{
    struct shadow_line *line = shadow_known(leaf, place.line);
    if (!line)
        return NULL;
    shadow_cell *own = &line->cells[place.first];
    if (__builtin_expect(is_at(atomic_load_explicit(own, memory_order_relaxed), place.offset), 1))
        return own;
    return is_empty(line) ? NULL : blocks_search(line, place.first, place.offset);
}

bool blocks_remove(uintptr_t address, struct block *was)
{
    struct shadow_leaf *leaf = shadow_leaf_of(address);
    if (!leaf)
        return false;
    struct place place = near_place(address);
    shadow_cell *found = blocks_find(leaf, place);
    if (!found) {
        place = far_place(address);
        if (!(found = blocks_find(leaf, place)))
            return false;
    }
    uint64_t value = atomic_load_explicit(found, memory_order_relaxed);
    atomic_store_explicit(found, 0, memory_order_relaxed);
    blocks_unpack(value, address - (uintptr_t)place.offset * 8, true, was);
    return true;
}

/* ---- all blocks ------------------------------------------------------------------------------ */

struct visitor {
    void (*visit)(const struct block *block, void *context);
    void *context;
};

/* The blocks of a line that start in [from, to), parts of its range. */
static void visit_line(const struct visitor *visitor, struct shadow_line *line, uintptr_t start,
                       uintptr_t from, uintptr_t to)
{
    for (; line; line = shadow_next(line, false)) {
        for (unsigned i = 0; i < SHADOW_CELLS; i++) {
            uint64_t value = atomic_load_explicit(&line->cells[i], memory_order_acquire);
            uintptr_t address = start + (uintptr_t)offset_of(value) * 8;
            if (!value || stack_of(value) > BLOCKS_STACK_MAX || address < from || address >= to)
                continue;
            struct block block;
            blocks_unpack(value, start, false, &block);
            visitor->visit(&block, visitor->context);
        }
    }
}

/* The range of a far line: its blocks, and those of the near lines, 512 bytes after 512 bytes. */
static void visit_unit(const struct visitor *visitor, struct shadow_line *far,
                       struct shadow_line *near, uintptr_t start)
{
    if (far && is_empty(far))
        far = NULL;
    for (unsigned i = 0; i < UNIT_LINES; i++) {
        uintptr_t from = start + ((uintptr_t)i << SHADOW_NEAR_BITS),
                  to = from + (1u << SHADOW_NEAR_BITS);
        if (far)
            visit_line(visitor, far, start, from, to);
        if (near)
            visit_line(visitor, &near[i], from, from, to);
    }
}

static void visit_leaf(struct shadow_leaf *leaf, uintptr_t start, void *context)
{
    for (uint32_t i = 0; i < SHADOW_FAR_LINES; i++) {
        struct shadow_line *far = shadow_known(leaf, i);
        struct shadow_line *near = shadow_known(leaf, SHADOW_FAR_LINES + i * UNIT_LINES);
        if (far || near)
            visit_unit(context, far, near, start + ((uintptr_t)i << SHADOW_FAR_BITS));
    }
}

void blocks_each(void (*visit)(const struct block *block, void *context), void *context)
{
    struct visitor visitor = {visit, context};
    shadow_each(visit_leaf, &visitor);
}

size_t blocks_reserved(void)
{
    return shadow_reserved();
}
