/* pagemap.h -- Which of our pages the kernel holds, by /proc/self/pagemap.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#ifndef BASE_PAGEMAP_H
#define BASE_PAGEMAP_H

#include <stddef.h>
#include <stdint.h>

#define PAGEMAP_PAGE    4096u
#define PAGEMAP_PRESENT ((uint64_t)1 << 63)
#define PAGEMAP_SWAPPED ((uint64_t)1 << 62)

/* A descriptor, or -1. Keep it for many questions, not longer than a snapshot takes. */
int pagemap_open(void);
void pagemap_close(int fd);

/* Entries of count pages from the one at start on. Returns how many were read, 0 on failure. */
size_t pagemap_read(int fd, uintptr_t start, size_t count, uint64_t *entries);

#endif
