/* mmap_growth.c -- Anonymous mappings for map tiles, one in four of which is never unmapped.
 *
 * expect: kind=mapping site1=load_tile file=mmap_growth.c growth=13107200±2% blocks=+200±2%
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#define _GNU_SOURCE
#include "../common/noise.h"

#include <sys/mman.h>

enum { TILE_SIZE = 64 * 1024 };

static char *load_tile(unsigned number)
{
    char *tile = mmap(NULL, TILE_SIZE, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);

    if (tile == MAP_FAILED)
        abort();
    return memset(tile, (int)(number & 127), TILE_SIZE);
}

static unsigned long serve(unsigned count)
{
    unsigned long sum = 0;

    for (unsigned number = 0; number < count; number++) {
        char *tile = load_tile(number);
        sum += (unsigned char)tile[number];
        if (number % 4)
            munmap(tile, TILE_SIZE);
        noise_work(20);
    }
    return sum;
}

int main(void)
{
    unsigned long sum;

    noise_begin();
    sum = serve(80);
    heapdiff_snapshot("steady");
    sum += serve(800);
    heapdiff_snapshot("loaded");
    printf("sum %lu, %lu\n", sum, noise.sum);
    return 0;
}
