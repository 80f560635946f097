/* schema.h -- Definitions that writer and reader of a snapshot share besides schema.sql.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#ifndef HEAPDIFF_FORMAT_SCHEMA_H
#define HEAPDIFF_FORMAT_SCHEMA_H

#include <stdbool.h>

#define FORMAT_APPLICATION_ID 0x48444646 /* 'HDFF', PRAGMA application_id */
#define FORMAT_VERSION        1          /* PRAGMA user_version */

/* The text of schema.sql, zero-terminated; generated at build time, never freed. */
extern const char format_schema_sql[];

/* counter.name: units of work done so far. Missing when the program and the asker have not stated
 * any. */
#define FORMAT_OPERATIONS       "operations"       /* by heapdiff_ops */
#define FORMAT_OPERATIONS_ASKED "operations_asked" /* by heapdiff snapshot --ops */

/* counter.name: of a V8 that the companion has asked to announce its JIT code. */
#define FORMAT_CODE_ANNOUNCED "code_announced" /* pieces */
#define FORMAT_CODE_REFUSED   "code_refused"   /* 1: it cannot */

/* runtime.statistic of a JavaScript heap whose live objects are in the tables js_*. */
#define FORMAT_JS_SAMPLE "js_sample_bytes" /* mean distance of two samples */

/* stack.kind, in the order of enum block_kind. KIND_JS is in no row of table stack: the reader
 * makes such stacks of the tables js_*. */
enum block_kind {
    KIND_MALLOC,
    KIND_BUFFER,
    KIND_MMAP,
    KIND_BRK,
    KIND_SHM,
    KIND_POOL,
    KIND_THREAD,
    KIND_JS,
    KIND_COUNT
};
#define FORMAT_KIND_NAMES                                                                          \
    {                                                                                              \
        "malloc", "buffer", "mmap", "brk", "shm", "pool", "thread", "js"                           \
    }

/* Memory that comes from the kernel and belongs to no allocator: its resident part counts. */
static inline bool format_kind_is_mapped(enum block_kind kind)
{
    return kind == KIND_MMAP || kind == KIND_SHM || kind == KIND_THREAD;
}

/* Blocks of the allocator or of a pool: what native live bytes are the sum of. Objects of a
 * JavaScript heap are neither blocks nor mapped: they lie inside its mappings. */
static inline bool format_kind_is_block(enum block_kind kind)
{
    return !format_kind_is_mapped(kind) && kind != KIND_JS;
}

/* rss.owner, and region.owner, which has some of them. */
enum rss_owner {
    OWNER_ALLOCATOR,
    OWNER_MMAP,
    OWNER_FILE,
    OWNER_THREAD_STACK,
    OWNER_HEAPDIFF,
    OWNER_OTHER, /* the reader takes an owner that it does not know for this one */
    OWNER_COUNT
};
#define FORMAT_OWNER_NAMES                                                                         \
    {                                                                                              \
        "allocator", "mmap", "file", "thread stack", "heapdiff", "other"                           \
    }

/* mapping.kind, in the order of enum mapping_kind. */
enum mapping_kind {
    MAPPED_HEAP,
    MAPPED_STACK,
    MAPPED_FILE,
    MAPPED_ANONYMOUS,
    MAPPED_SHARED,
    MAPPED_SPECIAL,
    MAPPED_COUNT
};
#define FORMAT_MAPPING_NAMES                                                                       \
    {                                                                                              \
        "heap", "stack", "file", "anonymous", "shared", "special"                                  \
    }

/* snapshot.reason, in the order of enum snapshot_reason. */
enum snapshot_reason {
    REASON_REQUEST,
    REASON_EXIT,
    REASON_API,
    REASON_SIGNAL,
    REASON_INTERVAL,
    REASON_PRESSURE,
    REASON_COUNT
};
#define FORMAT_REASON_NAMES                                                                        \
    {                                                                                              \
        "request", "exit", "api", "signal", "interval", "pressure"                                 \
    }

#endif
