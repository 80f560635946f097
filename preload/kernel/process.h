/* process.h -- Facts of this process from the kernel: mappings, resident pages, status.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#ifndef KERNEL_PROCESS_H
#define KERNEL_PROCESS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "format/schema.h"

/* Values of a mapping that are not known; the number is then a lower limit. See residency.h. */
#define PROCESS_NO_PSS   1u
#define PROCESS_NO_DIRTY 2u
#define PROCESS_NO_SWAP  4u

/* One mapping of this process; sizes in bytes. */
struct process_mapping {
    uintptr_t start, end;
    char permissions[5];
    bool is_anonymous; /* private, and of no file */
    uint8_t unknown;   /* PROCESS_NO_* */
    enum mapping_kind kind;
    uint64_t file_offset;
    uint64_t rss, pss, dirty, swap;
    uint32_t path; /* offset into paths */
};

struct process_maps {
    struct process_mapping *mappings; /* sorted by address; private jemalloc */
    size_t count, room;
    char *paths; /* zero-terminated, one behind the other; [0] is "" */
    size_t paths_used, paths_room;
    uint64_t rss; /* sum */
};

/* Where the sizes are from: one file that knows them all, but during which the program may have to
 * wait; or page by page. */
enum process_way { PROCESS_BY_SMAPS, PROCESS_BY_FINDING, PROCESS_BY_READING };

/* The gentlest way for a process of this size on this kernel. */
enum process_way process_choose_way(int pagemap);

/* Reads the mappings. When the way cannot be gone smaps is read. 0 or an errno; maps must be given
 * to process_maps_done in any case. */
int process_read_maps(struct process_maps *maps, enum process_way way, int pagemap);
void process_maps_done(struct process_maps *maps);

/* Index of the first mapping that ends after the address; maps->count when there is none. */
size_t process_mapping_after(const struct process_maps *maps, uintptr_t address);

/* A whole file of /proc as text, cut at size - 1. Returns its length; 0 when it cannot be read. */
size_t process_read_text(const char *path, char *text, size_t size);

/* Resident bytes of the process as the kernel counts them; 0 when it does not say. */
uint64_t process_rss(void);

/* The number in bytes behind "name:" in /proc/self/status ("VmHWM"), 0 when it is not there. It is
 * of the memory, which the control process shares. */
uint64_t process_status_bytes(const char *name);

/* The same for values of the recorded process alone ("Threads", "PPid"), unscaled. */
uint64_t process_status_number(const char *name);

/* Threads of the process, heapdiff's own among them. At least 1. */
unsigned process_threads(void);

#endif
