/* churn.c -- The workload of the recording benchmark: malloc/free pairs at a known depth.
 *
 * churn PAIRS DEPTH LIVE THREADS STACKS [RUN [dependent]]: each thread frees and allocates PAIRS
 * blocks, replacing one of LIVE blocks at a time, DEPTH frames deep, along STACKS different paths,
 * RUN pairs on each before the next (default: PAIRS / STACKS). Prints nanoseconds of CPU time per
 * pair and thread, on average over the second of two passes; the first one warms caches.
 *
 * "dependent": which block comes next is read from the block that is freed. A processor that works
 * ahead cannot then fetch the next block before this one has arrived.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include <pthread.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#define MOST_THREADS 64
#define BLOCK_SIZE   64

static unsigned long pairs, depth, live, threads, stacks, run_length;
static int dependent;

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

/* A block that begins with 1: programs write to what they allocate. */
static inline void *make_block(void)
{
    uint64_t *block = malloc(BLOCK_SIZE);
    *(volatile uint64_t *)block = 1;
    return block;
}

static __attribute__((noinline)) void leaf(struct work *work)
{
    for (unsigned long i = 0; i < work->count; i++) {
        work->random = work->random * 6364136223846793005u + 1442695040888963407u;
        void **place = &work->blocks[(work->random >> 33) % live];
        if (dependent)
            work->random += **(uint64_t **)place;
        free(*place);
        *place = make_block();
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

/* PAIRS pairs; nanoseconds for each. */
static double pass(struct work *work)
{
    unsigned long frames = depth > 3 ? depth - 3 : 0; /* main or start_thread, run, leaf */
    unsigned long count = pairs / run_length;
    double begun = now();
    work->count = run_length;
    for (unsigned long i = 0; i < count; i++)
        down(work, frames, stacks > 1 ? (i % stacks) * 0x9e3779b97f4a7c15u >> 20 : 0);
    return (now() - begun) / (double)(count * run_length);
}

static void *run(void *argument)
{
    double *result = argument;
    struct work work = {.random = (uint64_t)*result};
    work.blocks = calloc(live, sizeof *work.blocks);
    for (unsigned long i = 0; i < live; i++)
        work.blocks[i] = make_block();
    pass(&work);
    *result = pass(&work);
    return NULL;
}

/* The mean over all threads; results begin as the threads' numbers. */
static double run_threads(double *results)
{
    pthread_t ids[MOST_THREADS];
    double sum = 0;
    for (unsigned long i = 0; i < threads; i++)
        pthread_create(&ids[i], NULL, run, &results[i]);
    for (unsigned long i = 0; i < threads; i++) {
        pthread_join(ids[i], NULL);
        sum += results[i];
    }
    return sum / (double)threads;
}

static int parse(int argc, char **argv)
{
    unsigned long *numbers[] = {&pairs, &depth, &live, &threads, &stacks, &run_length};
    for (int i = 1; i < argc && i <= 6; i++)
        *numbers[i - 1] = strtoul(argv[i], NULL, 10);
    dependent = argc == 8 && strcmp(argv[7], "dependent") == 0;
    if (argc < 6 || argc > 8 || !live || !stacks || !threads || threads > MOST_THREADS)
        return 0;
    if (!run_length)
        run_length = pairs / stacks;
    return run_length != 0 && pairs >= run_length;
}

int main(int argc, char **argv)
{
    double results[MOST_THREADS];
    if (!parse(argc, argv)) {
        fprintf(stderr, "usage: churn PAIRS DEPTH LIVE THREADS STACKS [RUN [dependent]]\n");
        return 2;
    }
    for (unsigned long i = 0; i < threads; i++)
        results[i] = (double)(i + 1);
    if (threads == 1)
        run(&results[0]);
    printf("%10.2f\n", threads == 1 ? results[0] : run_threads(results));
    return 0;
}
