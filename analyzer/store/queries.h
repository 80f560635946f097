/* queries.h -- Every SQL statement that reads a snapshot.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#ifndef ANALYZER_STORE_QUERIES_H
#define ANALYZER_STORE_QUERIES_H

#define QUERY_CHECK "PRAGMA quick_check(1)"

#define QUERY_SNAPSHOT                                                                             \
    "SELECT number, time_ns, uptime_ns, duration_ns, epoch, pid, threads, sample_bytes,"           \
    " live_bytes, live_blocks, rss_bytes, peak_rss_bytes, started_ns,"                             \
    " label, reason, program, executable, command_line, directory, host FROM snapshot"

#define QUERY_MODULES   "SELECT id, path, build_id, start, end - start FROM module"
#define QUERY_LOCATIONS "SELECT id, address, module_id, offset, jit_name FROM location"
#define QUERY_SYMBOLS                                                                              \
    "SELECT location_id, function, file, line, column_number FROM symbol ORDER BY 1, depth"
#define QUERY_COUNTERS "SELECT name, value, meaning FROM counter ORDER BY rowid"
#define QUERY_NODES    "SELECT id, parent_id, location_id FROM node"
#define QUERY_STACKS                                                                               \
    "SELECT id, node_id, kind, live_blocks, live_bytes, allocations, allocated_bytes,"             \
    " live_variance, truncated FROM stack ORDER BY id"
#define QUERY_COLLECTED "SELECT stack_id, blocks, bytes FROM collected"
#define QUERY_LABELS    "SELECT id, text FROM label ORDER BY id"
#define QUERY_THREADS   "SELECT number, name, ended FROM thread ORDER BY number"
#define QUERY_TAGS      "SELECT stack_id, label_id, thread FROM tag"
#define QUERY_AGES      "SELECT stack_id, epoch, live_blocks, live_bytes FROM age ORDER BY stack_id"
#define QUERY_SIZES                                                                                \
    "SELECT stack_id, class, live_blocks, live_bytes FROM size ORDER BY stack_id, class"
#define QUERY_EPOCHS  "SELECT number, uptime_ns FROM epoch ORDER BY number"
#define QUERY_REGIONS "SELECT stack_id, resident_bytes FROM region WHERE owner = 'mmap'"
#define QUERY_RSS     "SELECT owner, bytes FROM rss"

/* Both tables by address, then epoch and size: the first one is in that order, the other one is
 * small. */
#define QUERY_BLOCKS                                                                               \
    "SELECT address, size, stack_id, epoch FROM block UNION ALL"                                   \
    " SELECT address, size, stack_id, epoch FROM pool_block ORDER BY 1, 4, 2"
#define QUERY_BLOCK_COUNT "SELECT (SELECT count(*) FROM block) + (SELECT count(*) FROM pool_block)"

/* Pages of JIT code by the stack that mapped them: what is executable and of no file. */
#define QUERY_CODE                                                                                 \
    "SELECT r.stack_id, sum(m.rss_bytes * (1.0 * min(m.end, r.end) - max(m.start, r.start))"       \
    " / (1.0 * m.end - m.start)) FROM mapping m JOIN region r"                                     \
    " ON r.start < m.end AND r.end > m.start WHERE m.permissions LIKE '__x%'"                      \
    " AND m.kind = 'anonymous' AND r.owner = 'mmap' AND r.stack_id IS NOT NULL GROUP BY "          \
    "r.stack_id"
#define QUERY_ARENAS                                                                               \
    "SELECT count(*), coalesce(sum(hole_bytes), 0), coalesce(sum(top_resident_bytes), 0)"          \
    " FROM arena WHERE live_blocks > 0"
#define QUERY_HOLES                                                                                \
    "SELECT class, sum(holes), sum(bytes) FROM hole GROUP BY class ORDER BY 3 DESC LIMIT 1"
#define QUERY_JS_FRAMES "SELECT id, function, url, line, column_number FROM js_frame"
#define QUERY_JS_NODES  "SELECT id, parent_id, frame_id FROM js_node ORDER BY id"
#define QUERY_JS_LIVE                                                                              \
    "SELECT node_id, epoch, samples, live_bytes, live_variance FROM js_live ORDER BY node_id, "    \
    "epoch"
#define QUERY_TIMELINE                                                                             \
    "SELECT name, statistic, uptime_ns, value FROM timeline ORDER BY name, statistic, uptime_ns"   \
    " LIMIT 100000"
#define QUERY_SOURCE_MAPS "SELECT file, map FROM source_map"
#define QUERY_ALLOCATOR   "SELECT name, statistic, value FROM allocator"
#define QUERY_RUNTIME     "SELECT name, statistic, value FROM runtime"

#endif
