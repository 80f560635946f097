/* pace.c -- Small steps through data that the kernel locks.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include "kernel/pace.h"

#include <stdint.h>
#include <time.h>

#include "base/clock.h"

#define WORK_NS  300000u
#define SLEEP_NS 60000u /* the kernel adds another 50 µs */

void pace(void)
{
    static uint64_t rested; /* when */
    struct timespec sleep = {.tv_nsec = SLEEP_NS};
    if (clock_now() - rested < WORK_NS)
        return;
    clock_nanosleep(CLOCK_MONOTONIC, 0, &sleep, NULL); /* leaves errno alone */
    rested = clock_now();
}
