/* perfmap.h -- Names of JIT code, from the map that the runtime writes for perf.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#ifndef SNAPSHOT_PERFMAP_H
#define SNAPSHOT_PERFMAP_H

#include <stddef.h>
#include <stdint.h>

struct perfmap {
    char *text; /* the whole file; names point into it */
    struct perfmap_entry {
        uintptr_t start, end;
        uint32_t order;   /* later entries cover earlier ones */
        const char *name; /* zero-terminated, as written */
    } * entries;          /* sorted by start, then order */
    size_t count;
    uintptr_t widest; /* longest entry: how far back a search must look */
};

/* Reads /tmp/perf-PID.map. A missing or strange file is an empty map. */
void perfmap_read(struct perfmap *map, int pid);

/* Reads a map from memory, which it takes over and changes; for tests. Lines that make no sense
 * are passed over. */
void perfmap_parse(struct perfmap *map, char *text, size_t size);
void perfmap_done(struct perfmap *map);

/* The name of the last entry that covers the address, or NULL; lives as long as the map. */
const char *perfmap_find(const struct perfmap *map, uintptr_t address);

#endif
