/* writer.h -- A cut becomes an SQLite file.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#ifndef FILE_WRITER_H
#define FILE_WRITER_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "cut/cut.h"
#include "format/schema.h"

/* Facts that are not in the tables. */
struct writer_facts {
    uint32_t number;
    const char *label;
    enum snapshot_reason reason;
    uint64_t started_ns;    /* CLOCK_MONOTONIC when recording began */
    const uint64_t *epochs; /* uptime_ns at which epoch i began */
    uint32_t epoch_count;
    bool has_operations; /* the asker has said a number */
    uint64_t operations;
    bool collected; /* write what cut/before.h counted and the cut does not find any more */
};

/* Gives SQLite its memory; writer_write does so the first time. */
void writer_init(void);

/* In a forked child, where SQLite has been set back to its beginning. */
void writer_forked(void);

/* Writes the file at path, which exists and is empty. Consumes the cut: afterwards it can only be
 * given to cut_done. 0 or an errno, with the reason in text. The caller keeps the file in any case.
 */
int writer_write(const char *path, struct cut *cut, const struct writer_facts *facts, char *text,
                 size_t size);

#endif
