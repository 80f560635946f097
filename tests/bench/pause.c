/* pause.c -- A program with many live blocks whose one thread does little and notices every delay.
 *
 * usage: pause BLOCKS STACKS RSS_MIB
 * The thread wakes every 100 µs, allocates and frees a block, now and then maps and unmaps memory,
 * and remembers the longest time between two wake-ups. Lines on stdin:
 *   rest N   prints the longest gap of the next N milliseconds, in µs
 *   reset    forgets what was; prints 0
 *   longest  prints the longest gap since then
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include <pthread.h>
#include <stdatomic.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <time.h>
#include <unistd.h>

#define PERIOD_NS 100000
#define LEVELS    20          /* 2^20 stacks at most */
#define BALLAST   (120 << 10) /* from the break: one mapping, as a heap is */

static atomic_uint_fast64_t longest_ns;

static uint64_t now(void)
{
    struct timespec time;
    clock_gettime(CLOCK_MONOTONIC, &time);
    return (uint64_t)time.tv_sec * 1000000000u + (uint64_t)time.tv_nsec;
}

static void wait_until(uint64_t ns)
{
    struct timespec time = {(time_t)(ns / 1000000000u), (long)(ns % 1000000000u)};
    while (clock_nanosleep(CLOCK_MONOTONIC, TIMER_ABSTIME, &time, NULL) != 0)
        continue;
}

static void do_little(unsigned turn)
{
    char *block = malloc(100);
    block[0] = 1;
    free(block);
    if (turn % 16 == 0) {
        char *map = mmap(NULL, 65536, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
        map[0] = 1;
        munmap(map, 65536);
    }
}

static void *stamp(void *nothing)
{
    uint64_t last = now();
    for (unsigned turn = 0;; turn++) {
        wait_until(last + PERIOD_NS);
        do_little(turn);
        uint64_t time = now();
        if (time - last > longest_ns)
            longest_ns = time - last;
        last = time;
    }
    return nothing;
}

/* One of 2^LEVELS ways here, chosen by the bits of number. */
static __attribute__((noinline)) char *allocate(unsigned number, unsigned level, size_t size)
{
    char *block;
    if (level == 0)
        block = malloc(size);
    else if (number & 1)
        block = allocate(number >> 1, level - 1, size);
    else
        block = allocate(number >> 1, level - 1, size + 0);
    __asm__ volatile("" : "+r"(block)); /* something is left to do: no tail call */
    return block;
}

static void fill(unsigned blocks, unsigned stacks, size_t rss)
{
    for (unsigned i = 0; i < blocks; i++)
        memset(allocate(i % stacks, LEVELS, 16 + i * 7919u % 240), 1, 16);
    for (size_t bytes = (size_t)blocks * 150; bytes < rss; bytes += BALLAST)
        memset(malloc(BALLAST - 32), 1, BALLAST - 32);
}

int main(int count, char **arguments)
{
    char line[64];
    pthread_t thread;
    if (count != 4)
        return 2;
    fill((unsigned)atoi(arguments[1]), (unsigned)atoi(arguments[2]),
         (size_t)atoi(arguments[3]) << 20);
    if (pthread_create(&thread, NULL, stamp, NULL) != 0)
        return 1;
    printf("%d\n", (int)getpid());
    while (fflush(stdout) == 0 && fgets(line, sizeof line, stdin)) {
        if (strncmp(line, "longest", 7) != 0)
            longest_ns = 0;
        if (strncmp(line, "rest ", 5) == 0)
            wait_until(now() + strtoull(line + 5, NULL, 10) * 1000000);
        printf("%.1f\n", (double)longest_ns / 1000);
    }
    return 0;
}
