/* pressure.h -- Has RSS passed one of the limits of HEAPDIFF_AT_RSS?
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#ifndef CONTROL_PRESSURE_H
#define CONTROL_PRESSURE_H

#include <stdint.h>

/* The least and the most time between two looks. The nearer the next limit, the sooner the next
 * look: no later than a process that touches 512 MiB a second needs to get there. */
#define PRESSURE_PERIOD_MIN 20000000u
#define PRESSURE_PERIOD_MAX 1000000000u

/* A limit that has fired fires again only after RSS was below this share of it. */
#define PRESSURE_REARM 0.8

/* The known limits; zero-initialise it. */
struct pressure {
    uint64_t memory;    /* 100 %: limit_of_memory */
    uint64_t memory_ns; /* when that was read */
    unsigned fired;     /* bit set of limits */
};

/* Decides on rss bytes: returns the text of the highest limit that was passed since the last look,
 * NULL when none was, and puts the time until the next look into *wait_ns. Limits are those of
 * options.at_rss; percentages are of pressure->memory. */
const char *pressure_decide(struct pressure *pressure, uint64_t rss, uint64_t *wait_ns);

/* Looks: reads RSS and, now and then, the limit of memory (it can be changed while a container
 * runs); then as pressure_decide. now_ns is monotonic. Two or three system calls. */
const char *pressure_look(struct pressure *pressure, uint64_t now_ns, uint64_t *wait_ns);

#endif
