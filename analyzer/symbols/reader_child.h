/* reader_child.h -- The reading process from within, and the messages between it and reader.c.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#ifndef ANALYZER_SYMBOLS_READER_CHILD_H
#define ANALYZER_SYMBOLS_READER_CHILD_H

#include "symbols/symbols.h"

#include <stdint.h>
#include <sys/types.h>

/* Each message, either way: this, then LENGTH bytes. */
struct reader_message {
    uint32_t kind; /* of a request; of a reply: flags */
    uint32_t length;
};

enum {
    READER_OPEN = 1, /* struct reader_open_request, path, build id or ""; texts with their zero */
    READER_FIND = 2, /* struct reader_find_request */
};

#define READER_PARTIAL 1 /* flag of a reply to READER_FIND, whose body is an answer (answer.h) */

struct reader_open_request {
    int64_t time_ns, pid;
    uint64_t span;
};

/* Then the module's file and debug file (or ""), and the paths that were looked at. */
struct reader_open_reply {
    uint32_t number, state;
    uint32_t has_debug_info, has_table;
};

struct reader_find_request {
    uint64_t offset;
    uint32_t number, unused;
};

#define READER_CHILD_FD 3

/* Makes a forked child into one that reads: no descriptors but stderr and FD, which becomes
 * READER_CHILD_FD, limits, and an end when PARENT ends. */
void reader_child_start(pid_t parent, int fd);

/* What it then does: answers requests until there are none. */
typedef void reader_child_main(int fd, const struct symbol_sources *sources);
reader_child_main reader_child_serve;

#endif
