/* pace.c -- Small steps through what the kernel locks.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include "kernel/pace.h"

#include <stdint.h>
#include <time.h>

#define WORK_NS  300000u
#define SLEEP_NS 60000u /* and what the kernel adds, another 50 µs */

static uint64_t now(void)
{
    struct timespec time;
    clock_gettime(CLOCK_MONOTONIC, &time);
    return (uint64_t)time.tv_sec * 1000000000u + (uint64_t)time.tv_nsec;
}

void pace(void)
{
    static uint64_t rested; /* when */
    struct timespec sleep = {.tv_nsec = SLEEP_NS};
    if (now() - rested < WORK_NS)
        return;
    clock_nanosleep(CLOCK_MONOTONIC, 0, &sleep, NULL); /* leaves errno alone */
    rested = now();
}
