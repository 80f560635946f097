/* aligned_frames.c -- Vectors and pages by posix_memalign and aligned_alloc, half of them kept.
 *
 * expect: kind=leak site1=grab_frame file=aligned_frames.c growth=12288000±2% blocks=+3000±2%
 * expect: also=take_filter
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include "../common/noise.h"

static void *frames[10000];
static void *filters[10000];
static unsigned count;

static void *grab_frame(void)
{
    void *frame;

    if (posix_memalign(&frame, 4096, 4096) != 0)
        abort();
    return memset(frame, 'f', 4096);
}

static void *take_filter(void)
{
    return memset(aligned_alloc(64, 192), 'v', 192);
}

static void record(unsigned seconds)
{
    for (unsigned i = 0; i < seconds; i++) {
        frames[count] = grab_frame();
        filters[count] = take_filter();
        if (count % 2)
            free(frames[count]);
        count++;
        noise_work(4);
    }
}

int main(void)
{
    noise_begin();
    record(600);
    heapdiff_snapshot("steady");
    record(6000);
    heapdiff_snapshot("loaded");
    printf("%c %c, %lu\n", *(char *)frames[0], *(char *)filters[0], noise.sum);
    return 0;
}
