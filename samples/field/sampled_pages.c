/* sampled_pages.c -- A leak measured by sampling; its blocks are hardly larger than the mean.
 *
 * 1,500 blocks of 20,000 bytes at a mean of 16 KiB: seven of ten are seen, one standard deviation
 * is 1.7 %; the tolerance is five of them. Two snapshots.
 *
 * set: HEAPDIFF_SAMPLE=16384
 * expect: kind=leak site1=keep_scan file=sampled_pages.c growth=30000000±9% blocks=+1500±9%
 * expect: allocations=1500±9% also=render_burst not=render_burst gate=exceeded
 * twin: clean
 * expect-clean: kind=none|retention gate=passed
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include "../common/flight.h"

enum { SCANS = 1500, SCAN = 20000 };

struct scan {
    struct scan *next;
    char dots[SCAN - sizeof(struct scan *)];
};

static struct scan *scans;

__attribute__((noinline)) static void keep_scan(unsigned number)
{
    struct scan *scan = malloc(sizeof *scan);

    memset(scan->dots, (int)(number & 127), sizeof scan->dots);
    scan->next = scans;
    scans = scan;
}

static void drop_scan(void)
{
    struct scan *scan = scans;

    scans = scan->next;
    free(scan);
}

static void serve(unsigned step)
{
    unsigned count = step == 0 ? 200 : SCANS;

    for (unsigned number = 0; number < count; number++) {
        keep_scan(number);
        noise_work(5);
        if (twin_is_clean() && scans->next)
            drop_scan();
    }
}

int main(void)
{
    flight_series(2, serve);
    printf("%d, %lu\n", scans->dots[1], noise.sum);
    return 0;
}
