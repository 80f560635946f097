/* brk_arena.c -- A home-made arena on sbrk, which grows below malloc's own feet.
 *
 * expect: kind=leak|mapping site1=arena_extend file=brk_arena.c growth=10485760±2%
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#define _GNU_SOURCE
#include "../common/noise.h"

#include <unistd.h>

enum { CHUNK = 64 * 1024, NODE_SIZE = 256 };

static char *next_node, *chunk_end;

static void arena_extend(void)
{
    next_node = sbrk(CHUNK);
    if (next_node == (char *)-1)
        abort();
    chunk_end = next_node + CHUNK;
}

static char *make_node(unsigned number)
{
    char *node;

    if (next_node == chunk_end)
        arena_extend();
    node = next_node;
    next_node += NODE_SIZE;
    return memset(node, (int)(number & 127), NODE_SIZE);
}

static unsigned long serve(unsigned count)
{
    unsigned long sum = 0;

    for (unsigned number = 0; number < count; number++) {
        sum += (unsigned char)make_node(number)[number % NODE_SIZE];
        noise_message(number);
    }
    return sum;
}

int main(void)
{
    unsigned long sum;

    noise_begin();
    sum = serve(10 * CHUNK / NODE_SIZE);
    heapdiff_snapshot("steady");
    sum += serve(160 * CHUNK / NODE_SIZE);
    heapdiff_snapshot("loaded");
    printf("sum %lu, %lu\n", sum, noise.sum);
    return 0;
}
