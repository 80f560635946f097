/* perfmap.h -- The map of JIT code that a runtime writes for perf, line by line.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#ifndef JIT_PERFMAP_H
#define JIT_PERFMAP_H

#include <stddef.h>
#include <stdint.h>

#define PERFMAP_NAME_LIMIT 4000 /* bytes of a name that are kept */

/* A line of the map. */
struct perfmap_entry {
    uintptr_t start, end; /* of the code, end exclusive; never empty */
    uint64_t offset;      /* of the line in the file */
    uint64_t name;        /* offset of the name in the file */
    size_t length;        /* of the name, at most PERFMAP_NAME_LIMIT */
};

typedef void perfmap_visit(const struct perfmap_entry *entry, void *context);

/* Shows all entries in the order in which they were written, whatever the file's size. Lines that
 * make no sense are passed over, and so is a last one without an end. */
void perfmap_scan(int fd, perfmap_visit *visit, void *context);

#endif
