/* edge.h -- What all edge programs share: a condition that must hold, allocations, threads.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#ifndef EDGE_H
#define EDGE_H

#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

/* The kernel cannot do it here: plain ends with this, and the row is skipped. */
#define NOT_HERE 77

#define must(condition)                                                                            \
    do                                                                                             \
        if (!(condition)) {                                                                        \
            fprintf(stderr, "%s:%d: %s: %s\n", __FILE__, __LINE__, #condition, strerror(errno));   \
            _exit(99);                                                                             \
        }                                                                                          \
    while (0)

/* Blocks of many sizes, some large enough to be mapped, all given back but what `keep` says. */
static inline void churn(unsigned rounds)
{
    static atomic_uint kept;
    for (unsigned i = 0; i < rounds; i++) {
        char *small = malloc(16 + i * 37 % 5000);
        char *large = calloc(1, i % 16 ? 700 : 200000);
        char *block = realloc(small, 6000);
        must(block && large);
        block[0] = large[0] = 1;
        free(large);
        if (i % 8 != 0 || kept > 1000) /* threads churn without end */
            free(block);
        else
            kept++;
    }
}

static inline pthread_t started(void *(*run)(void *), void *argument)
{
    pthread_t thread;
    must(pthread_create(&thread, NULL, run, argument) == 0);
    return thread;
}

/* How a child ended: its exit status, or 128 and the signal. */
static inline int ending(pid_t child)
{
    int status;
    must(waitpid(child, &status, 0) == child);
    return WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
}

static inline bool is(const char *argument, const char *name)
{
    return argument && strcmp(argument, name) == 0;
}

#endif
