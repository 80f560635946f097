/* sampled.c -- Five sites whose live bytes are known, for counting how sampling estimates them.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include <pthread.h>
#include <stdlib.h>

/* volatile: every block is really asked for, one by one. */
static void *volatile kept;

static __attribute__((noinline)) void site_small(void)
{
    for (int i = 0; i < 16000; i++)
        kept = malloc(64);
}

static __attribute__((noinline)) void site_large(void)
{
    for (int i = 0; i < 250; i++)
        kept = malloc(4096);
}

/* The weight of such a block is 1.4: rounded, it would be 1. */
static __attribute__((noinline)) void site_beyond(void)
{
    for (int i = 0; i < 250; i++)
        kept = malloc(5000);
}

/* Sizes on both sides of the mean distance, and half of the blocks freed again. */
static __attribute__((noinline)) void site_mixed(void)
{
    for (int i = 0; i < 400; i++) {
        kept = malloc(16u << i % 10);
        if (i / 10 % 2)
            free(kept);
    }
}

/* A thread begins in the middle of a distance of its own. */
static __attribute__((noinline)) void *site_thread(void *unused)
{
    for (int i = 0; i < 4000; i++)
        kept = calloc(1, 256);
    return unused;
}

int main(void)
{
    pthread_t thread;
    if (pthread_create(&thread, NULL, site_thread, NULL) != 0)
        return 1;
    site_small();
    site_large();
    site_beyond();
    site_mixed();
    return pthread_join(thread, NULL);
}
