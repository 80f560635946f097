/* churn.c -- The workload of the recording benchmark: malloc/free pairs at a known depth.
 *
 * churn PAIRS DEPTH LIVE THREADS STACKS: each thread frees and allocates PAIRS blocks, replacing
 * one of LIVE blocks at a time, DEPTH frames deep, along STACKS different paths. Prints nanoseconds
 * of CPU time per pair and thread, on average.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include <pthread.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>

static unsigned long pairs, depth, live, threads, stacks;

static double now(void)
{
    struct timespec time;
    clock_gettime(CLOCK_THREAD_CPUTIME_ID, &time);
    return (double)time.tv_sec * 1e9 + (double)time.tv_nsec;
}

struct work {
    void **blocks;
    unsigned long from, count;
    uint64_t random;
};

static __attribute__((noinline)) void leaf(struct work *work)
{
    for (unsigned long i = 0; i < work->count; i++) {
        work->random = work->random * 6364136223846793005u + 1442695040888963407u;
        void **place = &work->blocks[(work->random >> 33) % live];
        free(*place);
        *place = malloc(64);
        __asm__ volatile("" : : "r"(*place) : "memory");
    }
}

/* Two ways to go down, so that the bits of path choose among 2^depth stacks. */
static __attribute__((noinline)) int down_left(struct work *work, unsigned long left,
                                               uint64_t path);
static __attribute__((noinline)) int down_right(struct work *work, unsigned long left,
                                                uint64_t path);

static int down(struct work *work, unsigned long left, uint64_t path)
{
    if (left == 0) {
        leaf(work);
        return 1;
    }
    return path & 1 ? down_left(work, left - 1, path >> 1) : down_right(work, left - 1, path >> 1);
}

static int down_left(struct work *work, unsigned long left, uint64_t path)
{
    int result = down(work, left, path);
    __asm__ volatile("" : "+r"(result)); /* no tail call */
    return result + 1;
}

static int down_right(struct work *work, unsigned long left, uint64_t path)
{
    int result = down(work, left, path);
    __asm__ volatile("" : "+r"(result));
    return result + 2;
}

static void *run(void *argument)
{
    struct work work = {.random = (uint64_t)(uintptr_t)argument + 1};
    work.blocks = calloc(live, sizeof *work.blocks);
    work.count = 1;
    for (unsigned long i = 0; i < live; i++) /* warm */
        work.blocks[i] = malloc(64);
    unsigned long per_stack = pairs / stacks ? pairs / stacks : 1;
    unsigned long frames = depth > 3 ? depth - 3 : 0; /* main or start_thread, run, leaf */
    double best = 0;
    for (int round = 0; round < 2; round++) { /* the first one warms caches */
        double begun = now();
        for (unsigned long i = 0; i < stacks; i++) {
            work.count = per_stack;
            down(&work, frames, stacks > 1 ? i * 0x9e3779b97f4a7c15u >> 20 : 0);
        }
        best = (now() - begun) / (double)(per_stack * stacks);
    }
    double *result = malloc(sizeof *result);
    *result = best;
    return result;
}

int main(int argc, char **argv)
{
    if (argc != 6) {
        fprintf(stderr, "usage: churn PAIRS DEPTH LIVE THREADS STACKS\n");
        return 2;
    }
    pairs = strtoul(argv[1], NULL, 10);
    depth = strtoul(argv[2], NULL, 10);
    live = strtoul(argv[3], NULL, 10);
    threads = strtoul(argv[4], NULL, 10);
    stacks = strtoul(argv[5], NULL, 10);
    pthread_t ids[64];
    double sum = 0;
    if (threads == 1) {
        sum = *(double *)run((void *)1);
    } else {
        for (unsigned long i = 0; i < threads && i < 64; i++)
            pthread_create(&ids[i], NULL, run, (void *)(i + 1));
        for (unsigned long i = 0; i < threads && i < 64; i++) {
            void *result;
            pthread_join(ids[i], &result);
            sum += *(double *)result;
        }
    }
    printf("%.2f\n", sum / (double)threads);
    return 0;
}
