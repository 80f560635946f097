/* queries.h -- Every SQL statement that reads a snapshot.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#ifndef ANALYZER_STORE_QUERIES_H
#define ANALYZER_STORE_QUERIES_H

#define QUERY_CHECK "PRAGMA quick_check(1)"

#define QUERY_SNAPSHOT                                                                             \
    "SELECT number, time_ns, uptime_ns, duration_ns, epoch, pid, threads, sample_bytes,"           \
    " live_bytes, live_blocks, rss_bytes, peak_rss_bytes,"                                         \
    " label, reason, program, executable, command_line, directory, host FROM snapshot"

#define QUERY_MODULES   "SELECT id, path, build_id FROM module"
#define QUERY_LOCATIONS "SELECT id, address, module_id, offset, jit_name FROM location"
#define QUERY_NODES     "SELECT id, parent_id, location_id FROM node"
#define QUERY_STACKS                                                                               \
    "SELECT id, node_id, kind, live_blocks, live_bytes, allocations, allocated_bytes,"             \
    " live_variance FROM stack ORDER BY id"
#define QUERY_AGES    "SELECT stack_id, epoch, live_blocks, live_bytes FROM age ORDER BY stack_id"
#define QUERY_REGIONS "SELECT stack_id, resident_bytes FROM region WHERE owner = 'mmap'"
#define QUERY_RSS     "SELECT owner, bytes FROM rss"

#endif
