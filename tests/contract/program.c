/* program.c -- A program that takes snapshots of itself in three stages, through heapdiff.h.
 *
 * What it does is what test_contract.c expects, to the byte. Prints what heapdiff_snapshot gave.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>

#include "heapdiff.h"

#define PAGE 4096

static void *volatile kept[64];
static unsigned kept_count;
static char pool[20][64];

/* 10, 20, 30 blocks of 1000 bytes; 4 of the first are freed in the second stage. */
void grow(unsigned blocks);
void grow(unsigned blocks)
{
    for (unsigned i = 0; i < blocks; i++)
        kept[kept_count++] = malloc(1000);
}

void stage(unsigned number);
void stage(unsigned number)
{
    grow(number * 10);
}

static void *wait_for_ever(void *barrier)
{
    pthread_barrier_wait(barrier);
    pthread_barrier_wait(barrier); /* no other thread comes: the process's end ends it */
    return NULL;
}

static void begin_thread(void)
{
    static pthread_barrier_t barrier;
    pthread_t thread;
    pthread_barrier_init(&barrier, NULL, 2);
    if (pthread_create(&thread, NULL, wait_for_ever, &barrier) == 0)
        pthread_barrier_wait(&barrier);
}

/* 20 objects of 64 bytes, 5 of which go back; the memory behind them is not counted. */
static void use_pool(void)
{
    for (unsigned i = 0; i < 20; i++)
        heapdiff_alloc("objects", pool[i], sizeof pool[i]);
    for (unsigned i = 0; i < 5; i++)
        heapdiff_free("objects", pool[i]);
    heapdiff_pause();
    for (unsigned i = 0; i < 10; i++)
        memset(malloc(3070), 1, 3070);
    heapdiff_resume();
}

static void map_pages(void)
{
    char *pages =
        mmap(NULL, 300 * PAGE, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    madvise(pages, 300 * PAGE, MADV_NOHUGEPAGE);
    for (unsigned i = 0; i < 16; i++)
        pages[i * PAGE] = 1;
}

static const char *const labels[] = {"one", "two words/ä", "three"};

int main(void)
{
    for (unsigned number = 1; number <= 3; number++) {
        stage(number);
        for (unsigned i = 0; i < 4 && number == 2; i++)
            free(kept[i]);
        if (number == 3) {
            use_pool();
            map_pages();
            begin_thread();
        }
        printf("%d\n", heapdiff_snapshot(labels[number - 1]));
    }
    return 0;
}
