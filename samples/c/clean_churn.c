/* clean_churn.c -- Blocks of all sizes are made and freed out of order; 5000 are alive.
 *
 * expect: kind=none
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include "../common/noise.h"

enum { SLOTS = 5000 };

static char *slots[SLOTS];

static size_t size_of_next(void)
{
    return noise_random(50) == 0 ? 4000 + noise_random(4000) : 16 + noise_random(1000);
}

static void replace(unsigned slot)
{
    size_t size = size_of_next();

    if (noise_random(3) == 0) {
        slots[slot] = realloc(slots[slot], size);
    } else {
        free(slots[slot]);
        slots[slot] = malloc(size);
    }
    memset(slots[slot], 'x', size);
}

static void churn(unsigned count)
{
    for (unsigned number = 0; number < count; number++) {
        replace(noise_random(SLOTS));
        noise_message(number);
    }
}

int main(void)
{
    noise_begin();
    churn(400000);
    heapdiff_snapshot("steady");
    churn(200000);
    heapdiff_snapshot("loaded");
    printf("%c, %lu\n", slots[1] ? slots[1][0] : '-', noise.sum);
    return 0;
}
