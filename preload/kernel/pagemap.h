/* pagemap.h -- Which of our pages the kernel holds, by /proc/self/pagemap.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#ifndef KERNEL_PAGEMAP_H
#define KERNEL_PAGEMAP_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define PAGEMAP_PAGE    4096u
#define PAGEMAP_PRESENT ((uint64_t)1 << 63)
#define PAGEMAP_SWAPPED ((uint64_t)1 << 62)
#define PAGEMAP_FILE    ((uint64_t)1 << 61) /* of a file or of shared memory */
#define PAGEMAP_GUARD   ((uint64_t)1 << 58) /* MADV_GUARD_INSTALL: swapped out, but to nowhere */
#define PAGEMAP_ALONE   ((uint64_t)1 << 56) /* no other process maps it */

/* A descriptor, or -1. Keep it for many questions, not longer than a snapshot takes. */
int pagemap_open(void);
void pagemap_close(int fd);

/* Entries of count pages from the one at start on. Returns how many were read, 0 on failure. */
size_t pagemap_read(int fd, uintptr_t start, size_t count, uint64_t *entries);

/* Neighbouring pages that are in memory, or swapped out when is_present is false. */
struct pagemap_run {
    uintptr_t start, end;
    bool is_present;
};

#define PAGEMAP_RUNS 256

/* The first runs of [start, end), without the kernel's zero page, found in a time that depends on
 * them and hardly on the size of the range. Returns how many, at most PAGEMAP_RUNS, with *next the
 * address up to which they are all; -1 when the kernel cannot (before Linux 6.7). */
int pagemap_find(int fd, uintptr_t start, uintptr_t end, struct pagemap_run *runs, uintptr_t *next);

#endif
