/* steady.c -- Has the server settled, so that what grows from now on is growth?
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include "run/steady.h"

#include <stdlib.h>

#define HARDLY_BYTES ((int64_t)1 << 20)
#define HARDLY_SHARE 50  /* a fiftieth of what is resident */
#define SLOWS_DOWN   0.7 /* of the growth in the half before */

void steady_add(struct steady *steady, int64_t ms, int64_t resident)
{
    struct steady_sample sample = {ms, resident};
    VEC_ADD(&steady->samples, sample);
}

void steady_done(struct steady *steady)
{
    VEC_DONE(&steady->samples);
}

/* What was resident at that time: the last sample that is not younger. -1: before the first. */
static int64_t resident_at(const struct steady *steady, int64_t ms)
{
    for (size_t i = steady->samples.count; i-- > 0;)
        if (steady->samples.items[i].ms <= ms)
            return steady->samples.items[i].resident;
    return -1;
}

bool steady_is_reached(const struct steady *steady)
{
    if (steady->samples.count < 3)
        return false;
    const struct steady_sample *last = &steady->samples.items[steady->samples.count - 1];
    int64_t begin = resident_at(steady, last->ms - STEADY_WINDOW_MS);
    int64_t middle = resident_at(steady, last->ms - STEADY_WINDOW_MS / 2);
    if (begin < 0)
        return false;
    int64_t early = middle - begin, late = last->resident - middle;
    int64_t hardly = last->resident / HARDLY_SHARE;
    if (early + late <= (hardly > HARDLY_BYTES ? hardly : HARDLY_BYTES))
        return true;
    return (double)late >= SLOWS_DOWN * (double)early;
}
