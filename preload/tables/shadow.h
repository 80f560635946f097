/* shadow.h -- HOT PATH: the memory of the live-block table, laid out like the address space.
 *
 * A leaf describes 64 MiB of address space, in two shadows: far lines for 4 KiB each, near lines
 * for 512 bytes each. It is mapped when its first block appears and is never freed. The contents of
 * a line are described in blocks.c.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#ifndef TABLES_SHADOW_H
#define TABLES_SHADOW_H

#include <stdatomic.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define SHADOW_NEAR_BITS  9
#define SHADOW_FAR_BITS   12
#define SHADOW_LEAF_BITS  26
#define SHADOW_SPACE_BITS 47
#define SHADOW_CELLS      7 /* for blocks; the eighth is the link */
#define SHADOW_LEAVES     (1u << (SHADOW_SPACE_BITS - SHADOW_LEAF_BITS))

#define SHADOW_NEAR_LINES (1u << (SHADOW_LEAF_BITS - SHADOW_NEAR_BITS))
#define SHADOW_FAR_LINES  (1u << (SHADOW_LEAF_BITS - SHADOW_FAR_BITS))
#define SHADOW_LINES      (SHADOW_FAR_LINES + SHADOW_NEAR_LINES)
#define SHADOW_PAGE_LINES (4096u / (unsigned)sizeof(struct shadow_line))

typedef _Atomic uint64_t shadow_cell; /* 0: empty */

struct shadow_line {
    shadow_cell cells[SHADOW_CELLS];
    shadow_cell link; /* 0, or 1 + the number of an extension line */
};

/* A bit of `touched` is set before anything is written to its page: so that a look for a block that
 * is not there does not make the kernel map a page that was never written to. */
struct shadow_leaf {
    _Alignas(4096) _Atomic uint64_t touched[SHADOW_LINES / SHADOW_PAGE_LINES / 64];
    _Alignas(4096) struct shadow_line lines[SHADOW_LINES]; /* the far ones first */
};

typedef _Atomic(void *) shadow_place;

/* The directory of the leaves, for shadow_leaf_of. Addresses below shadow_space have a place in it;
 * 0: there is none yet. */
extern shadow_place *_Atomic shadow_directory __attribute__((visibility("hidden")));
extern atomic_uintptr_t shadow_space __attribute__((visibility("hidden")));

/* The leaf of an address; NULL when there is none. */
static inline struct shadow_leaf *shadow_leaf_of(uintptr_t address)
{
    if (__builtin_expect(address >= atomic_load_explicit(&shadow_space, memory_order_acquire), 0))
        return NULL;
    shadow_place *directory = atomic_load_explicit(&shadow_directory, memory_order_relaxed);
    return atomic_load_explicit(&directory[address >> SHADOW_LEAF_BITS], memory_order_acquire);
}

/* The line, or NULL when nothing was ever written to its page. */
static inline struct shadow_line *shadow_known(struct shadow_leaf *leaf, uint32_t index)
{
    uint32_t page = index / SHADOW_PAGE_LINES;
    uint64_t bits = atomic_load_explicit(&leaf->touched[page / 64], memory_order_acquire);
    return bits >> (page % 64) & 1 ? &leaf->lines[index] : NULL;
}

struct shadow_line *shadow_make_slow(uintptr_t address, uint32_t index);

/* The line of that number in the address's leaf; NULL when there is no memory for it. */
static inline struct shadow_line *shadow_make(uintptr_t address, uint32_t index)
{
    struct shadow_leaf *leaf = shadow_leaf_of(address);
    struct shadow_line *line = leaf ? shadow_known(leaf, index) : NULL;
    return __builtin_expect(line != NULL, 1) ? line : shadow_make_slow(address, index);
}

/* The line behind a full one; NULL when there is none, or no memory for another one. */
struct shadow_line *shadow_next_slow(struct shadow_line *line, bool make);

static inline struct shadow_line *shadow_next(struct shadow_line *line, bool make)
{
    if (!make && !atomic_load_explicit(&line->link, memory_order_relaxed))
        return NULL;
    return shadow_next_slow(line, make);
}

/* Calls visit for every leaf by rising address; start: of the address space that it describes. */
void shadow_each(void (*visit)(struct shadow_leaf *leaf, uintptr_t start, void *context),
                 void *context);

/* Bytes of memory that were asked of the kernel (not all of them resident). */
size_t shadow_reserved(void);

#endif
