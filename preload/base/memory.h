/* memory.h -- Where the shim's own memory comes from, and which addresses it has.
 *
 * Two sources. Tables that application threads write to are mapped straight from the kernel: a
 * guest must not run an allocator, with its locks and its state per thread, inside the program's
 * malloc. Everything of the control thread (SQLite above all) comes from the private jemalloc.
 * Both are listed in base/ranges.c, so that a snapshot can say what recording costs.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#ifndef BASE_MEMORY_H
#define BASE_MEMORY_H

#include <stddef.h>
#include <stdint.h>

/* Zeroed pages, resident when touched, never huge pages; NULL when there are none. Lock-free,
 * keeps errno. */
void *memory_map(size_t size);
void memory_unmap(void *start, size_t size);

/* The private jemalloc; for the control thread only. memory_free takes NULL. */
void *memory_alloc(size_t size);
void *memory_resize(void *block, size_t size);
void memory_free(void *block);

#endif
