/* timeline.h -- Numbers of the process between snapshots: HEAPDIFF_TIMELINE.
 *
 * Two series: what the kernel says, read by the control process, and what the main thread of a
 * managed runtime says, by its companion. A series that is full keeps every second point, and takes
 * points half as often from then on.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#ifndef RUNTIME_TIMELINE_H
#define RUNTIME_TIMELINE_H

#include <stddef.h>
#include <stdint.h>

#include "runtime/member.h"

#define TIMELINE_POINTS 512  /* of a series, at most; even */
#define TIMELINE_LEAST  0.05 /* seconds between two */

/* Adds what a member says now, in the order of heapdiff_member_sample. Any thread. */
void timeline_add_member(const char *name, const double *values, size_t count);

/* Adds RSS. Control process only. */
void timeline_add_rss(uint64_t bytes);

/* Calls visit for each number, each series in order of time. TIME: of the monotonic clock. Control
 * process only. */
typedef void timeline_visit(const char *name, const char *statistic, uint64_t time_ns, double value,
                            void *context);
void timeline_each(timeline_visit *visit, void *context);

/* In a forked child: nothing was measured. */
void timeline_forked(void);

#endif
