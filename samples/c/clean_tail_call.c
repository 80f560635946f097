/* clean_tail_call.c -- Functions that end in a call fill a ring that is full: nothing grows.
 *
 * expect: kind=none
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include "../common/noise.h"

#define NO_COPY __attribute__((noinline, noclone, noipa))
#define RING    2000

static void *volatile ring[RING];

static NO_COPY void *take_slab(size_t size)
{
    return malloc(size);
}

static NO_COPY void serve(int count)
{
    for (int i = 0; i < count; i++) {
        free(ring[i % RING]);
        ring[i % RING] = take_slab(3072);
        noise_work(5);
    }
}

int main(void)
{
    noise_begin();
    serve(RING * 2);
    heapdiff_snapshot("steady");
    serve(5000);
    heapdiff_snapshot("loaded");
    printf("%d, %lu\n", ring[3] != ring[4], noise.sum);
    return 0;
}
