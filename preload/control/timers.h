/* timers.h -- What is due by the clock: HEAPDIFF_INTERVAL, HEAPDIFF_AT_RSS, HEAPDIFF_TIMELINE.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#ifndef CONTROL_TIMERS_H
#define CONTROL_TIMERS_H

#include <stddef.h>
#include <stdint.h>

/* Starts the timers that the options ask for, unless they run. */
void timers_begin(void);

/* Which reasons are due by now, as a bit set of snapshot_reason; LABEL is filled with
 * REASON_PRESSURE.
 */
unsigned timers_look(char *label, size_t size);

/* The snapshot by the clock has been taken: the next interval begins. */
void timers_rearm(void);

/* When timers_look is worth a call; 0: never. */
uint64_t timers_deadline(void);

/* In a forked child: nothing runs. */
void timers_forked(void);

#endif
