/* copies.c -- Children created without running the fork handlers, while threads hold any lock.
 *
 * copies COUNT: threads map, tell of pool blocks and take snapshots; meanwhile COUNT children are
 * made past the fork handlers, and each does what would wait for a lock that its parent's threads
 * had. Prints "done". A child that hangs shows as silence, which the test does not wait for.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include <pthread.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include "heapdiff.h"

#define HOLES 30000 /* more than malloc is asked about: its own locks are no business of ours */

static atomic_bool stop;

static void *map_and_unmap(void *unused)
{
    while (!stop)
        munmap(mmap(NULL, 8192, PROT_READ, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0), 8192);
    return unused;
}

static void *tell_of_blocks(void *unused)
{
    char block;
    while (!stop) {
        heapdiff_alloc("pool", &block, 1);
        heapdiff_free("pool", &block);
    }
    return unused;
}

static void *shoot(void *unused)
{
    while (!stop)
        if (heapdiff_snapshot("copies") != 0)
            exit(3);
    return unused;
}

static void *nothing(void *unused)
{
    return unused;
}

static int status_of(pid_t child)
{
    int status;
    return child < 0 || waitpid(child, &status, 0) != child ? -1 : status;
}

static int be_copy(void)
{
    pthread_t thread;
    char block;
    for (int i = 0; i < 3; i++)
        munmap(mmap(NULL, 4096, PROT_READ, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0), 4096);
    heapdiff_alloc("pool", &block, 1);
    heapdiff_free("pool", &block);
    if (heapdiff_snapshot("in a copy") != -1)
        return 4;
    if (pthread_create(&thread, NULL, nothing, NULL) != 0 || pthread_join(thread, NULL) != 0)
        return 5;
    pid_t child = fork();
    if (child == 0)
        exit(munmap(mmap(NULL, 4096, PROT_READ, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0), 4096));
    return status_of(child) == 0 ? 0 : 6;
}

static void make_holes(void)
{
    static void *blocks[2 * HOLES];
    for (int i = 0; i < 2 * HOLES; i++)
        blocks[i] = malloc(200);
    for (int i = 0; i < 2 * HOLES; i += 2)
        free(blocks[i]);
}

int main(int count, char **words)
{
    void *(*const jobs[])(void *) = {map_and_unmap, map_and_unmap, tell_of_blocks, shoot};
    pthread_t threads[sizeof jobs / sizeof *jobs];
    make_holes();
    for (unsigned i = 0; i < sizeof jobs / sizeof *jobs; i++)
        if (pthread_create(&threads[i], NULL, jobs[i], NULL) != 0)
            return 2;
    for (int copies = count > 1 ? atoi(words[1]) : 100; copies > 0; copies--) {
        pid_t child = (pid_t)syscall(SYS_clone, SIGCHLD, NULL, NULL, NULL, NULL);
        if (child == 0)
            exit(be_copy());
        int status = status_of(child);
        if (status != 0) {
            printf("a copy ended with %#x\n", (unsigned)status);
            return 1;
        }
    }
    stop = true;
    for (unsigned i = 0; i < sizeof jobs / sizeof *jobs; i++)
        pthread_join(threads[i], NULL);
    puts("done");
    return 0;
}
