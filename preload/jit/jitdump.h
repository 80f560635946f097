/* jitdump.h -- The record of JIT code that a runtime dumps for `perf inject --jit`.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#ifndef JIT_JITDUMP_H
#define JIT_JITDUMP_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* Code that was made, or moved, at one moment. */
struct jitdump_entry {
    uintptr_t start, end; /* end exclusive; never empty */
    uint64_t time_ns;     /* CLOCK_MONOTONIC; 0: by a clock that we cannot read */
    uint64_t name;        /* offset of the name in the file; it ends at a zero or at its length */
    size_t length;
    uint64_t lines; /* offset of its line records; 0 when there are none */
    uint64_t line_count;
    uint64_t lines_end; /* offset behind them */
};

typedef void jitdump_visit(const struct jitdump_entry *entry, void *context);

/* Shows all code in the order in which it was written. False when this is no jitdump file of this
 * machine. A record that makes no sense ends the reading. */
bool jitdump_scan(int fd, jitdump_visit *visit, void *context);

struct jitdump_line {
    uint32_t line; /* 0: not known */
    uint64_t file; /* offset of the file's name, which ends at a zero */
    size_t length; /* that it may have at most */
};

/* The line at an address of the entry's code. */
struct jitdump_line jitdump_find_line(int fd, const struct jitdump_entry *entry, uintptr_t address);

#endif
