/* noise.h -- What a service does beside its leak: a big constant table, and work that keeps
 * nothing.
 *
 * noise_begin() builds the decoys, about 16 MiB that never change. noise_work() makes, formats and
 * drops messages of all sizes; the last 64 are kept for a while, so live bytes always tremble.
 * One thread at a time. Every run does the same: the random numbers are seeded here.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#ifndef SAMPLES_NOISE_H
#define SAMPLES_NOISE_H

#include "heapdiff.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define NOISE_RECORDS 16384u
#define NOISE_RECENT  64u

static struct {
    char *table;
    char *records[NOISE_RECORDS];
    char *recent[NOISE_RECENT];
    unsigned random;
    unsigned long sum; /* of all that was formatted: print it, so that the work is needed */
} noise = {.table = NULL, .records = {NULL}, .recent = {NULL}, .random = 2463534242u, .sum = 0};

/* xorshift32 (Marsaglia 2003): the same numbers everywhere. */
static inline unsigned noise_random(unsigned below)
{
    noise.random ^= noise.random << 13;
    noise.random ^= noise.random >> 17;
    noise.random ^= noise.random << 5;
    return noise.random % below;
}

static inline void noise_load_tables(void)
{
    noise.table = (char *)malloc(12u << 20);
    memset(noise.table, 't', 12u << 20);
    for (unsigned i = 0; i < NOISE_RECORDS; i++) {
        size_t size = 64 + noise_random(384);
        noise.records[i] = (char *)malloc(size);
        memset(noise.records[i], 'r', size);
    }
}

static inline void noise_message(unsigned number)
{
    size_t size = 32 + noise_random(2000);
    char *text = (char *)malloc(size);
    char **recent = &noise.recent[noise_random(NOISE_RECENT)];

    noise.sum += (unsigned long)snprintf(text, size, "message %u of %zu bytes", number, size);
    free(*recent);
    *recent = text;
}

static inline void noise_work(unsigned messages)
{
    for (unsigned number = 0; number < messages; number++)
        noise_message(number);
}

static inline void noise_begin(void)
{
    noise_load_tables();
    noise_work(2000);
}

#endif
