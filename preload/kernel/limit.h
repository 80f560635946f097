/* limit.h -- How much memory this process may use: its cgroup's limit, else all there is.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#ifndef KERNEL_LIMIT_H
#define KERNEL_LIMIT_H

#include <stdint.h>

/* The smallest limit of the process's memory cgroup and those above it (memory.max in version 2,
 * memory.limit_in_bytes in version 1), and never more than MemTotal. Bytes; 0 when nothing can be
 * read. root is put before every path: "" but in tests. No malloc, no descriptor kept. */
uint64_t limit_of_memory(const char *root);

#endif
