/* memory.h -- Where the shim's own memory comes from, and which addresses it has.
 *
 * There are two sources. Tables that application threads write to are mapped from the kernel: an
 * allocator inside the program's malloc would bring locks and state per thread. The memory of the
 * control process (SQLite above all) comes from the private jemalloc. Both are listed in
 * base/ranges.c, so that a snapshot can state what recording costs.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#ifndef BASE_MEMORY_H
#define BASE_MEMORY_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* Zeroed pages, resident when touched, never huge pages; NULL when there are none. Lock-free,
 * keeps errno. */
void *memory_map(size_t size);
void memory_unmap(void *start, size_t size);

/* The same to be read only, for a table that is mostly empty: a limit of data (RLIMIT_DATA) does
 * not count it. memory_open makes whole pages of it writable; false when there are none. */
void *memory_reserve(size_t size);
bool memory_open(void *start, size_t size);

/* The private jemalloc; for the control process only. memory_free takes NULL. */
void *memory_alloc(size_t size);
void *memory_resize(void *block, size_t size);
void memory_free(void *block);

/* Gives free memory of the private jemalloc back to the kernel: when a snapshot is done. */
void memory_trim(void);

/* Makes room for one more element in an array of the private jemalloc that holds count of *room:
 * doubles it when it is full. array is the address of the pointer. False when there is no memory;
 * the array is then as it was. */
bool memory_make_room(void *array, size_t element, size_t count, size_t *room);

#endif
