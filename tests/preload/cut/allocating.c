/* allocating.c -- A program that leaves holes: every second of 2000 blocks is freed again, half of
 * them in a thread that has an arena of its own. Takes a snapshot through the API and ends.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "heapdiff.h"

#define COUNT 1000
#define SIZE  1000

static char *blocks[2][COUNT];

static void *leave_holes(void *to)
{
    char **mine = to;
    for (unsigned i = 0; i < COUNT; i++)
        mine[i] = memset(malloc(SIZE), 1, SIZE);
    for (unsigned i = 0; i < COUNT; i += 2)
        free(mine[i]);
    return NULL;
}

int main(void)
{
    pthread_t thread;
    if (pthread_create(&thread, NULL, leave_holes, blocks[1]) != 0)
        return 1;
    pthread_join(thread, NULL);
    leave_holes(blocks[0]);
    printf("%d\n", heapdiff_snapshot("holes"));
    return 0;
}
