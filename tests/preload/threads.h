/* threads.h -- The same work in several threads at once.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#ifndef TESTS_PRELOAD_THREADS_H
#define TESTS_PRELOAD_THREADS_H

#include <pthread.h>
#include <stdint.h>

#define THREADS_MOST 16

/* Calls work(0) … work(count - 1), each in a thread of its own that starts together with the
 * others; returns when all are done. work returns how many faults it found (an assertion in a
 * thread would not end the test); their sum is returned. */
struct threads_one {
    uintptr_t (*work)(unsigned index);
    unsigned index;
    pthread_barrier_t *start;
};

static inline void *threads_run_one(void *context)
{
    struct threads_one *one = (struct threads_one *)context;
    pthread_barrier_wait(one->start);
    return (void *)one->work(one->index);
}

static inline uintptr_t threads_run(unsigned count, uintptr_t (*work)(unsigned index))
{
    pthread_t threads[THREADS_MOST];
    struct threads_one ones[THREADS_MOST];
    pthread_barrier_t start;
    uintptr_t faults = 0;
    pthread_barrier_init(&start, NULL, count);
    for (unsigned i = 0; i < count; i++) {
        ones[i] = (struct threads_one){work, i, &start};
        faults += pthread_create(&threads[i], NULL, threads_run_one, &ones[i]) != 0;
    }
    for (unsigned i = 0; i < count; i++) {
        void *found = NULL;
        faults += pthread_join(threads[i], &found) != 0;
        faults += (uintptr_t)found;
    }
    pthread_barrier_destroy(&start);
    return faults;
}

#endif
