/* steady.h -- Has the server settled, so that what grows from now on is growth?
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#ifndef ANALYZER_RUN_STEADY_H
#define ANALYZER_RUN_STEADY_H

#include "base/memory.h"

#include <stdbool.h>
#include <stdint.h>

#define STEADY_WINDOW_MS 3000 /* what is looked at: two halves of it are compared */

struct steady_sample {
    int64_t ms, resident; /* when; bytes */
};

/* Begins as {0}. */
struct steady {
    VEC(struct steady_sample) samples;
};

void steady_add(struct steady *steady, int64_t ms, int64_t resident);
void steady_done(struct steady *steady);

/* True when resident memory hardly grew over the last window, or grew in the second half of it
 * about as much as in the first: a warm-up slows down, a leak does not. False as long as the
 * samples do not cover a window. */
bool steady_is_reached(const struct steady *steady);

#endif
