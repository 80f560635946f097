/* maps.h -- The program's own mappings: which address ranges it got from the kernel, and where.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#ifndef TABLES_MAPS_H
#define TABLES_MAPS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "format/schema.h"

struct map {
    uintptr_t start, end;
    uint32_t stack; /* 0: not known */
    uint16_t epoch;
    uint8_t kind;      /* enum block_kind */
    bool reserved;     /* made without access: its resident bytes count, not its size */
    bool by_allocator; /* made by the allocator's library for its blocks */
};

/* Adds a mapping; it replaces the parts of older ones that it covers. caller is the address that
 * called mmap. Sizes are rounded up to pages. Takes a lock for a short while; keeps errno. */
void maps_add(uintptr_t start, size_t size, uint32_t stack, enum block_kind kind, bool reserved,
              uintptr_t caller);

/* Part of the address space is given back. */
void maps_remove(uintptr_t start, size_t size);

/* The same, and returns the removed mappings: they are forgotten before the kernel frees the
 * addresses, so that no other thread can get them first, and put back when the kernel refuses. */
struct maps_taken {
    struct map maps[8]; /* further ones are not put back */
    unsigned count;
};
void maps_take(uintptr_t start, size_t size, struct maps_taken *taken);
void maps_restore(const struct maps_taken *taken);

/* Gives back the whole mapping that begins at start (shmdt knows no size). */
void maps_remove_from(uintptr_t start);

/* Copies all mappings, sorted by address, into memory of the private jemalloc (memory_free).
 * Returns how many; *copy is NULL when there are none or no memory. Control process only. */
size_t maps_copy(struct map **copy);

/* Where the program's malloc lives, unless that is libc itself: mappings made from there are the
 * allocator's. */
void maps_set_allocator(uintptr_t start, uintptr_t end);

/* Held over a fork, so that the child finds the table whole. False when the caller is a signal
 * handler that interrupted the lock's owner. */
bool maps_lock(void);
void maps_unlock(void);

/* False when the lock is held by the calling thread itself; see lock_settles. */
bool maps_settles(void);

#endif
