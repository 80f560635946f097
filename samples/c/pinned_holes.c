/* pinned_holes.c -- A burst of small blocks, nearly all freed; one in 4096 stays and pins the rest.
 *
 * Live memory hardly grows, RSS by 40 MiB: retention, not a leak.
 *
 * expect: kind=retention
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include "../common/noise.h"

enum { BURST = 400000, KEPT_EVERY = 4096 };

static char *burst[BURST];

static void read_burst(unsigned count)
{
    for (unsigned i = 0; i < count; i++)
        burst[i] = memset(malloc(100), 'b', 100);
}

static void drop_burst(unsigned count)
{
    for (unsigned i = 0; i < count; i++) {
        if (i % KEPT_EVERY == 0 && i > 0)
            continue;
        free(burst[i]);
        burst[i] = NULL;
    }
}

int main(void)
{
    noise_begin();
    heapdiff_snapshot("steady");
    read_burst(BURST);
    drop_burst(BURST);
    noise_work(20000);
    heapdiff_snapshot("loaded");
    printf("%c, %lu\n", burst[KEPT_EVERY][7], noise.sum);
    return 0;
}
