/* flight.h -- Work that is under way while a snapshot is taken: threads with a burst in hand.
 *
 * flight_series(n, serve) calls serve(0) to warm up, then takes n snapshots with serve(step)
 * between them. Meanwhile FLIGHT_THREADS threads render bursts of memory and drop each when they
 * begin the next; at every snapshot each of them stands with a burst in hand, a larger or a smaller
 * one. The same in every run; SAMPLE_SEED=N gives other bursts.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#ifndef SAMPLES_FLIGHT_H
#define SAMPLES_FLIGHT_H

#include "noise.h"

#include <pthread.h>

#define FLIGHT_THREADS 4u
#define FLIGHT_BLOCKS  160u /* the most of one burst */
#define FLIGHT_SIZE    36000u
#define FLIGHT_ROUNDS  25u /* bursts of a thread between two snapshots */

struct flight {
    pthread_t thread;
    unsigned random, sum;
    char *blocks[FLIGHT_BLOCKS];
};

static struct flight flights[FLIGHT_THREADS];
static pthread_barrier_t flight_begun, flight_held;
static int flight_is_over;

/* Whether this run is the program's bounded twin. */
static inline int twin_is_clean(void)
{
    const char *twin = getenv("SAMPLE_TWIN");

    return twin && strcmp(twin, "clean") == 0;
}

static inline unsigned flight_random(struct flight *flight, unsigned below)
{
    flight->random = flight->random * 1664525u + 1013904223u;
    return (flight->random >> 12) % below;
}

static inline void drop_burst(struct flight *flight)
{
    for (unsigned i = 0; i < FLIGHT_BLOCKS; i++) {
        free(flight->blocks[i]);
        flight->blocks[i] = NULL;
    }
}

__attribute__((noinline)) static void render_burst(struct flight *flight)
{
    unsigned count = 1 + flight_random(flight, FLIGHT_BLOCKS);

    for (unsigned i = 0; i < count; i++) {
        size_t size = 600 + flight_random(flight, FLIGHT_SIZE);
        flight->blocks[i] = (char *)malloc(size);
        memset(flight->blocks[i], (int)(i & 127), size);
        flight->sum += (unsigned)size;
    }
}

static inline void *flight_loop(void *argument)
{
    struct flight *flight = (struct flight *)argument;

    for (;;) {
        pthread_barrier_wait(&flight_begun);
        if (flight_is_over)
            break;
        for (unsigned round = 0; round < FLIGHT_ROUNDS; round++) {
            drop_burst(flight);
            render_burst(flight);
        }
        pthread_barrier_wait(&flight_held);
    }
    drop_burst(flight);
    return NULL;
}

static inline void flight_begin(void)
{
    const char *seed = getenv("SAMPLE_SEED");
    unsigned base = seed ? (unsigned)strtoul(seed, NULL, 10) : 0;

    pthread_barrier_init(&flight_begun, NULL, FLIGHT_THREADS + 1);
    pthread_barrier_init(&flight_held, NULL, FLIGHT_THREADS + 1);
    for (unsigned i = 0; i < FLIGHT_THREADS; i++) {
        flights[i].random = base * 7919u + i * 2654435761u + 1;
        if (pthread_create(&flights[i].thread, NULL, flight_loop, &flights[i]) != 0)
            abort();
    }
}

static inline void flight_end(void)
{
    flight_is_over = 1;
    pthread_barrier_wait(&flight_begun);
    for (unsigned i = 0; i < FLIGHT_THREADS; i++) {
        pthread_join(flights[i].thread, NULL);
        noise.sum += flights[i].sum;
    }
}

/* serve() runs beside the bursts; nothing runs while the snapshot is taken. */
static inline void flight_series(unsigned snapshots, void (*serve)(unsigned step))
{
    noise_begin();
    flight_begin();
    for (unsigned step = 0; step < snapshots; step++) {
        char label[16];
        pthread_barrier_wait(&flight_begun);
        serve(step);
        pthread_barrier_wait(&flight_held);
        snprintf(label, sizeof label, "look%u", step);
        heapdiff_snapshot(label);
    }
    flight_end();
}

#endif
