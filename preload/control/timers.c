/* timers.c -- Snapshots by the clock and by memory: HEAPDIFF_INTERVAL, HEAPDIFF_AT_RSS.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include "control/timers.h"

#include <stdio.h>

#include "base/clock.h"
#include "control/pressure.h"
#include "format/schema.h"
#include "options.h"

/* When the next snapshot or look is due; 0: never. */
static uint64_t interval_at, look_at;
static struct pressure pressure;

void timers_rearm(void)
{
    interval_at = clock_now() + (uint64_t)(options.interval * 1e9);
}

void timers_begin(void)
{
    if (options.interval > 0 && !interval_at)
        timers_rearm();
    if (options.at_rss.count > 0 && !look_at)
        look_at = clock_now();
}

static unsigned look_at_memory(uint64_t time, char *label, size_t size)
{
    uint64_t wait;
    const char *passed = pressure_look(&pressure, time, &wait);
    if (passed)
        snprintf(label, size, "rss-%s", passed);
    look_at = clock_now() + wait;
    return passed ? 1u << REASON_PRESSURE : 0;
}

unsigned timers_look(char *label, size_t size)
{
    unsigned due = 0;
    uint64_t time = interval_at || look_at ? clock_now() : 0;
    if (interval_at && time >= interval_at) {
        due |= 1u << REASON_INTERVAL;
        interval_at = 0;
    }
    if (look_at && time >= look_at)
        due |= look_at_memory(time, label, size);
    return due;
}

uint64_t timers_deadline(void)
{
    return look_at && (!interval_at || look_at < interval_at) ? look_at : interval_at;
}

void timers_forked(void)
{
    interval_at = look_at = 0;
    pressure = (struct pressure){0};
}
