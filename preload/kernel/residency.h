/* residency.h -- What of a mapping is in memory, counted in small steps.
 *
 * /proc/self/smaps says it best, but the kernel walks all pages of a mapping with the memory map
 * locked: some 8 ms per GiB, in which no thread of the program can map or unmap anything. In small
 * steps nobody waits for more than a fraction of a millisecond, however large the process is; a few
 * numbers cannot be had this way.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#ifndef KERNEL_RESIDENCY_H
#define KERNEL_RESIDENCY_H

#include <stdbool.h>
#include <stdint.h>

#include "kernel/process.h"

/* How to find the pages. Those before Linux 6.7 cannot skip what was never touched. */
enum residency_way { RESIDENCY_FIND, RESIDENCY_READ };

/* Whether the kernel can find pages. */
bool residency_can_find(int pagemap);

/* Fills in rss, pss, dirty, swap of a mapping of which the rest is known, and unknown. Returns the
 * bytes of it that may be the kernel's zero page, which is nobody's, and are counted: the entries
 * of /proc/self/pagemap do not tell it from memory shared with a child. 0 with RESIDENCY_FIND. */
uint64_t residency_count(int pagemap, enum residency_way way, struct process_mapping *mapping);

/* Bytes of [start, end) that are in memory now; 0 when it cannot be told. Where the kernel cannot
 * find pages (before Linux 6.7) its zero page counts. */
uint64_t residency_of(int pagemap, uintptr_t start, uintptr_t end);

#endif
