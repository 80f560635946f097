/* timers.c -- What is due by the clock: HEAPDIFF_INTERVAL, HEAPDIFF_AT_RSS, HEAPDIFF_TIMELINE.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include "control/timers.h"

#include <stdio.h>

#include "base/clock.h"
#include "control/pressure.h"
#include "format/schema.h"
#include "kernel/process.h"
#include "options.h"
#include "runtime/timeline.h"

/* When the next snapshot, look or point is due; 0: never. */
static uint64_t interval_at, look_at, point_at;
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
    if (options.timeline > 0 && options.thread && !point_at)
        point_at = clock_now();
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

/* Late ones are not made up for. */
static void add_point(uint64_t time)
{
    double period = options.timeline < TIMELINE_LEAST ? TIMELINE_LEAST : options.timeline;
    timeline_add_rss(process_rss());
    point_at += (uint64_t)(period * 1e9);
    if (point_at <= time)
        point_at = time + (uint64_t)(period * 1e9);
}

unsigned timers_look(char *label, size_t size)
{
    unsigned due = 0;
    uint64_t time = interval_at || look_at || point_at ? clock_now() : 0;
    if (point_at && time >= point_at)
        add_point(time);
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
    uint64_t snapshot_at =
        look_at && (!interval_at || look_at < interval_at) ? look_at : interval_at;
    return point_at && (!snapshot_at || point_at < snapshot_at) ? point_at : snapshot_at;
}

void timers_forked(void)
{
    interval_at = look_at = point_at = 0;
    pressure = (struct pressure){0};
}
