/* residency.h -- How much of a mapping is resident, counted in small steps.
 *
 * /proc/self/smaps is the most exact source, but the kernel walks all pages of a mapping with the
 * memory map locked: some 8 ms per GiB, in which no thread of the program can map or unmap memory.
 * With small steps a thread waits for a fraction of a millisecond, however large the process is. A
 * few numbers are not available in this way.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#ifndef KERNEL_RESIDENCY_H
#define KERNEL_RESIDENCY_H

#include <stdbool.h>
#include <stdint.h>

#include "kernel/process.h"

/* How to find the pages. Kernels before Linux 6.7 cannot skip untouched memory. */
enum residency_way { RESIDENCY_FIND, RESIDENCY_READ };

/* Whether the kernel can find pages. */
bool residency_can_find(int pagemap);

/* Fills in rss, pss, dirty, swap and unknown of a mapping whose other fields are known. Returns the
 * bytes that were counted but may be the kernel's zero page: entries of /proc/self/pagemap look the
 * same for it and for memory shared with a child. 0 with RESIDENCY_FIND. */
uint64_t residency_count(int pagemap, enum residency_way way, struct process_mapping *mapping);

/* Resident bytes of [start, end); 0 when unknown. Kernels before Linux 6.7 cannot find pages: there
 * the zero page counts. */
uint64_t residency_of(int pagemap, uintptr_t start, uintptr_t end);

#endif
