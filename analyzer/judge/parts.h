/* parts.h -- The parts of RSS growth, which add up to it, to the byte.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#ifndef ANALYZER_JUDGE_PARTS_H
#define ANALYZER_JUDGE_PARTS_H

#include "frames/frames.h"

enum part {
    PART_NATIVE_BLOCKS,
    PART_BUFFERS,
    PART_JS_HEAP,
    PART_RETENTION, /* what the allocator holds beyond live blocks; may shrink */
    PART_MAPPINGS,
    PART_THREAD_STACKS,
    PART_HEAPDIFF, /* memory of the recorder itself */
    PART_OTHER,
    PART_COUNT
};

struct parts {
    int64_t bytes[PART_COUNT];
};

/* "native blocks", "off-heap buffers", …: the names of the JSON format. */
const char *parts_name(enum part part);

/* The parts of one snapshot's RSS; they add up to its rss_bytes. */
struct parts parts_of(const struct store *store, struct frames *frames);

/* LAST - FIRST, part by part. */
struct parts parts_growth(const struct parts *first, const struct parts *last);

int64_t parts_total(const struct parts *parts);

#endif
