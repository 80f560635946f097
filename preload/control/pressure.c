/* pressure.c -- Has RSS passed one of the limits of HEAPDIFF_AT_RSS?
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include "control/pressure.h"

#include <stddef.h>
#include <stdlib.h>
#include <string.h>

#include "kernel/limit.h"
#include "kernel/process.h"
#include "options.h"

#define GROWTH_PER_NS 0.537 /* bytes: 512 MiB a second */
#define MEMORY_AGE_NS 10000000000u

static double bytes_of(const struct pressure *pressure, const struct options_limit *limit)
{
    return limit->bytes ? (double)limit->bytes : limit->percent / 100 * (double)pressure->memory;
}

const char *pressure_decide(struct pressure *pressure, uint64_t rss, uint64_t *wait_ns)
{
    const struct options_limit *highest = NULL;
    double wait = PRESSURE_PERIOD_MAX;
    for (unsigned i = 0; i < options.at_rss.count; i++) {
        const struct options_limit *limit = &options.at_rss.limits[i];
        double bytes = bytes_of(pressure, limit);
        if (bytes <= 0) /* a share of an unknown amount */
            continue;
        if ((double)rss < PRESSURE_REARM * bytes)
            pressure->fired &= ~(1u << i);
        double room = bytes - (double)rss;
        if (pressure->fired & 1u << i)
            continue;
        if (room > 0) {
            wait = room / GROWTH_PER_NS < wait ? room / GROWTH_PER_NS : wait;
            continue;
        }
        pressure->fired |= 1u << i;
        if (!highest || bytes > bytes_of(pressure, highest))
            highest = limit;
    }
    *wait_ns = wait < PRESSURE_PERIOD_MIN ? PRESSURE_PERIOD_MIN : (uint64_t)wait;
    return highest ? highest->text : NULL;
}

const char *pressure_look(struct pressure *pressure, uint64_t now_ns, uint64_t *wait_ns)
{
    bool is_old = !pressure->memory_ns || now_ns - pressure->memory_ns > MEMORY_AGE_NS;
    bool is_wanted = false;
    for (unsigned i = 0; i < options.at_rss.count; i++)
        is_wanted = is_wanted || options.at_rss.limits[i].bytes == 0;
    if (is_wanted && is_old) {
        pressure->memory = limit_of_memory("");
        pressure->memory_ns = now_ns;
    }
    return pressure_decide(pressure, process_rss(), wait_ns);
}
