/* timeline.c -- Numbers of the process between snapshots; see timeline.h.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include "runtime/timeline.h"

#include <math.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>

#include "base/clock.h"
#include "base/lock.h"
#include "base/memory.h"

struct point {
    uint64_t time_ns;
    double values[MEMBER_SAMPLES];
};

struct series {
    struct point *points; /* mapped with the first one; kept */
    size_t count;
    unsigned width;                             /* values of a point */
    unsigned stride;                            /* of so many points that come one is kept */
    unsigned passed;                            /* since the last one that was kept */
    const char *statistics[MEMBER_SAMPLES + 1]; /* names of the values, then NULL */
    char name[MEMBER_NAME_SIZE];
};

/* Held for the moment of an entry, and by the control process while it writes a snapshot's rows:
 * the program's thread does not wait for it and has no point then. */
static struct lock lock;
static struct series process = {.width = 1, .stride = 1, .statistics = {"rss"}, .name = "process"};
static struct series member = {
    .width = MEMBER_SAMPLES, .stride = 1, .statistics = MEMBER_SAMPLE_NAMES};

static void thin_out(struct series *series)
{
    for (size_t i = 0; i < series->count / 2; i++)
        series->points[i] = series->points[2 * i];
    series->count /= 2;
    series->stride *= 2;
}

/* With the lock held. */
static void add_point(struct series *series, const double *values)
{
    uint64_t now = clock_now();
    if (series->count && ++series->passed < series->stride)
        return;
    series->passed = 0;
    if (series->count && now <= series->points[series->count - 1].time_ns)
        return; /* points are known by their time */
    if (!series->points)
        series->points = memory_map(TIMELINE_POINTS * sizeof *series->points);
    if (!series->points)
        return;
    if (series->count == TIMELINE_POINTS)
        thin_out(series);
    struct point *point = &series->points[series->count++];
    point->time_ns = now;
    memcpy(point->values, values, series->width * sizeof *values);
}

void timeline_add_member(const char *name, const double *values, size_t count)
{
    if (count != MEMBER_SAMPLES || !lock_try(&lock))
        return;
    if (!*member.name)
        snprintf(member.name, sizeof member.name, "%s", name);
    if (strcmp(member.name, name) == 0)
        add_point(&member, values);
    lock_give(&lock);
}

void timeline_add_rss(uint64_t bytes)
{
    double value = (double)bytes;
    if (!bytes)
        return;
    lock_hold(&lock);
    add_point(&process, &value);
    lock_give(&lock);
}

static void each_of(const struct series *series, timeline_visit *visit, void *context)
{
    for (unsigned k = 0; series->statistics[k]; k++)
        for (size_t i = 0; i < series->count; i++)
            if (isfinite(series->points[i].values[k]))
                visit(series->name, series->statistics[k], series->points[i].time_ns,
                      series->points[i].values[k], context);
}

void timeline_each(timeline_visit *visit, void *context)
{
    lock_hold(&lock);
    each_of(&process, visit, context);
    each_of(&member, visit, context);
    lock_give(&lock);
}

static void forget(struct series *series)
{
    series->count = 0;
    series->stride = 1;
}

void timeline_forked(void)
{
    lock = (struct lock){0};
    forget(&process);
    forget(&member);
}
