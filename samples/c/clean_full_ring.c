/* clean_full_ring.c -- A ring of past events fills up after the first snapshots, and then is full.
 *
 * Live memory and RSS grow, stop, and stay: nothing leaks and little is retained. Six snapshots.
 *
 * expect: kind=none
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include "../common/noise.h"

enum { EVENTS = 14000 };

static char *ring[EVENTS];
static unsigned long recorded;

static void record_event(void)
{
    char **slot = &ring[recorded++ % EVENTS];

    free(*slot);
    *slot = memset(malloc(500), 'e', 500);
}

static void serve(unsigned count)
{
    for (unsigned number = 0; number < count; number++) {
        record_event();
        noise_message(number);
    }
}

int main(void)
{
    static const char *const labels[] = {"1", "2", "3", "4", "5"};

    noise_begin();
    serve(4000);
    for (int i = 0; i < 5; i++) {
        heapdiff_snapshot(labels[i]);
        serve(8000);
    }
    heapdiff_snapshot("6");
    printf("%lu recorded, %c, %lu\n", recorded, ring[5][5], noise.sum);
    return 0;
}
