/* site.h -- How a program says what a snapshot should know about one of its calls.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#ifndef TESTS_PRELOAD_HOOKS_SITE_H
#define TESTS_PRELOAD_HOOKS_SITE_H

#include <errno.h>
#include <stdint.h>
#include <stdio.h>

/* "site NAME KIND ALLOCATIONS BYTES LIVE_BLOCKS LIVE_BYTES": there is exactly one stack with these
 * numbers. Every call has a size of its own, so that numbers tell stacks apart. */
static inline void site(const char *name, const char *kind, unsigned allocations, size_t bytes,
                        unsigned live_blocks, size_t live_bytes)
{
    printf("site %s %s %u %zu %u %zu\n", name, kind, allocations, bytes, live_blocks, live_bytes);
}

static inline void site_live(const char *name, const char *kind, size_t bytes)
{
    site(name, kind, 1, bytes, 1, bytes);
}

static inline void site_freed(const char *name, const char *kind, size_t bytes)
{
    site(name, kind, 1, bytes, 0, 0);
}

/* What must be the same with and without the shim: the driver compares the whole output. */
static inline void same(const char *name, long long number)
{
    printf("same %s %lld\n", name, number);
}

#define SITE_ERRNO 1234 /* set before calls that may not change it */

static inline void same_errno(const char *name)
{
    same(name, errno);
    errno = SITE_ERRNO;
}

#endif
