/* blocks.h -- The live-block table: which addresses are allocated right now.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#ifndef TABLES_BLOCKS_H
#define TABLES_BLOCKS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define BLOCKS_STACK_BITS 22 /* stack ids up to BLOCKS_STACK_MAX; the rest are marks */
#define BLOCKS_STACK_MAX  ((1u << BLOCKS_STACK_BITS) - 3)
#define BLOCKS_EPOCH_BITS 12
#define BLOCKS_EPOCH_MAX  ((1u << BLOCKS_EPOCH_BITS) - 1)

struct block {
    uintptr_t address; /* a multiple of 8 */
    uint64_t size;     /* bytes, as requested; below 4 TiB */
    uint32_t stack;    /* 1 … BLOCKS_STACK_MAX */
    uint32_t epoch;    /* the epoch of its allocation, 0 … BLOCKS_EPOCH_MAX */
};

/* Lock-free. The caller owns the address: it was just allocated, or is about to be freed.
 * Returns false when there is no memory for the table, or the block does not fit in. */
bool blocks_insert(const struct block *block);

/* Begins to fetch the memory that an insert of this block will want. */
void blocks_prefetch(uintptr_t address, uint64_t size);

/* Takes a block out. Returns false when the address is not in the table. */
bool blocks_remove(uintptr_t address, struct block *was);

/* Calls visit for every block, by rising address within 64 MiB of address space; others may insert
 * and remove meanwhile: each block is seen as it was at some moment during the call. */
void blocks_each(void (*visit)(const struct block *block, void *context), void *context);

/* Bytes of memory that the table has asked the kernel for (not all of them resident). */
size_t blocks_reserved(void);

#endif
