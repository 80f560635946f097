/* process.h -- What the kernel knows about this process: mappings, resident pages, facts.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#ifndef SNAPSHOT_PROCESS_H
#define SNAPSHOT_PROCESS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* One mapping of /proc/self/smaps; sizes in bytes. */
struct process_mapping {
    uintptr_t start, end;
    char permissions[5];
    const char *kind; /* as in schema.sql: 'heap', 'stack', 'file', … */
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

/* Reads the mappings. 0 or an errno; maps must be given to process_maps_done in any case. */
int process_read_maps(struct process_maps *maps);
void process_maps_done(struct process_maps *maps);

/* Index of the first mapping that ends after the address; maps->count when there is none. */
size_t process_mapping_after(const struct process_maps *maps, uintptr_t address);

/* Bytes of [start, end) that are in memory now; 0 when it cannot be told. The kernel's zero page
 * counts here, and not in the Rss of smaps. */
uint64_t process_resident(int pagemap, uintptr_t start, uintptr_t end);

/* A whole file of /proc as text, cut at size - 1. Returns its length; 0 when it cannot be read. */
size_t process_read_text(const char *path, char *text, size_t size);

/* The number in bytes behind "name:" in /proc/self/status ("VmHWM"), 0 when it is not there. */
uint64_t process_status_bytes(const char *name);

/* Threads of the process, without heapdiff's own. */
unsigned process_threads(void);

#endif
