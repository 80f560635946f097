/* heap_file.h -- A heap snapshot's file, mapped, and where its arrays lie.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#ifndef ANALYZER_HEAPSNAPSHOT_HEAP_FILE_H
#define ANALYZER_HEAPSNAPSHOT_HEAP_FILE_H

#include "base/error.h"

#include <stdbool.h>
#include <stddef.h>

enum heap_section {
    HEAP_SECTION_NODES,
    HEAP_SECTION_EDGES,
    HEAP_SECTION_LOCATIONS,
    HEAP_SECTION_SCOPES,
    HEAP_SECTION_SCOPE_VARIABLES,
    HEAP_SECTION_SCOPE_USES,
    HEAP_SECTION_STRINGS,
    HEAP_SECTION_COUNT,
};

/* An array's inside: from behind its '[' to its ']', which BYTES[LENGTH] is. */
struct heap_part {
    const char *bytes; /* NULL: there is none */
    size_t length;
};

struct heap_file {
    char *path;
    const char *bytes; /* the mapping; SIZE bytes */
    size_t size;
    struct heap_part header; /* the object "snapshot", with its braces */
    struct heap_part sections[HEAP_SECTION_COUNT];
};

/* False with ERROR filled when PATH cannot be read or lacks a part; heap_file_close in any case. */
bool heap_file_open(struct heap_file *file, const char *path, struct error *error);
void heap_file_close(struct heap_file *file);

const char *heap_file_section_name(enum heap_section section);

#endif
