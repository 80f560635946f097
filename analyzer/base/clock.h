/* clock.h -- The kernel's clocks in nanoseconds.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#ifndef ANALYZER_BASE_CLOCK_H
#define ANALYZER_BASE_CLOCK_H

#include <stdint.h>
#include <time.h>

/* 0 when there is no such clock. */
static inline int64_t clock_read(clockid_t clock)
{
    struct timespec time = {0};
    clock_gettime(clock, &time);
    return (int64_t)time.tv_sec * 1000000000 + time.tv_nsec;
}

/* CLOCK_MONOTONIC. */
static inline int64_t clock_now(void)
{
    return clock_read(CLOCK_MONOTONIC);
}

#endif
