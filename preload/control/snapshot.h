/* snapshot.h -- Takes a snapshot: a cut, a file under a temporary name, then its final name.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#ifndef CONTROL_SNAPSHOT_H
#define CONTROL_SNAPSHOT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "format/protocol.h"
#include "format/schema.h"

struct snapshot_request {
    enum snapshot_reason reason;
    bool blocks;
    bool collected; /* after a collection, before which cut/before.h counted */
    bool has_operations;
    uint64_t operations; /* units of work done so far, as the asker says */
    char label[PROTOCOL_LABEL_SIZE];
    char path[PROTOCOL_PATH_SIZE]; /* absolute; "" for HEAPDIFF_OUT */
};

struct snapshot_answer {
    int error;                     /* 0 or an errno */
    char path[PROTOCOL_PATH_SIZE]; /* absolute */
    char text[PROTOCOL_TEXT_SIZE]; /* the reason of a failure */
};

/* Once, when recording begins; remembers the working directory for relative paths. */
void snapshot_init(void);

/* Control process only, one at a time. A file with its final name is whole, whatever happens. */
void snapshot_take(const struct snapshot_request *request, struct snapshot_answer *answer);

/* Whether the control process has been waiting for more than a second for a lock of the program's
 * allocator. No thread that still runs holds one so long. */
bool snapshot_is_stuck(void);

/* Removes the unfinished file of a control process that is stuck. Any thread; at the end only. */
void snapshot_abandon(void);

/* How many were written so far, for whatever reason. */
unsigned snapshot_count(void);

/* HEAPDIFF_OUT as an absolute path, placeholders not filled in. False when it does not fit in. */
bool snapshot_pattern(char *path, size_t size);

#endif
