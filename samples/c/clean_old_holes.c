/* clean_old_holes.c -- A heap full of holes since long ago: the work fits into them, RSS is flat.
 *
 * expect: kind=none
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include "../common/noise.h"

enum { OLD = 200000 };

static char *old[OLD];

static void make_holes(void)
{
    for (unsigned i = 0; i < OLD; i++)
        old[i] = memset(malloc(100 + i % 150), 'o', 100);
    for (unsigned i = 0; i < OLD; i++) {
        if (i % 16) {
            free(old[i]);
            old[i] = NULL;
        }
    }
}

/* Lists of blocks that live for one request, larger and smaller than the holes. */
static unsigned long work(unsigned requests)
{
    char *blocks[200];
    unsigned long sum = 0;

    for (unsigned request = 0; request < requests; request++) {
        for (int i = 0; i < 200; i++)
            blocks[i] = memset(malloc(40 + noise_random(400)), 'w', 40);
        for (int i = 0; i < 200; i++) {
            sum += (unsigned char)blocks[i][7];
            free(blocks[i]);
        }
        noise_message(request);
    }
    return sum;
}

int main(void)
{
    unsigned long sum;

    noise_begin();
    make_holes();
    sum = work(300);
    heapdiff_snapshot("steady");
    sum += work(2000);
    heapdiff_snapshot("loaded");
    printf("%c %lu, %lu\n", old[16][1], sum, noise.sum);
    return 0;
}
