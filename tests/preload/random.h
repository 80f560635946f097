/* random.h -- Numbers that are the same in every run, for tests against a model.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#ifndef TESTS_PRELOAD_RANDOM_H
#define TESTS_PRELOAD_RANDOM_H

#include <stdint.h>

/* SplitMix64 (Steele, Lea, Flood 2014). The state may begin as any number. */
static inline uint64_t random_next(uint64_t *state)
{
    uint64_t z = *state += 0x9e3779b97f4a7c15u;
    z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9u;
    z = (z ^ (z >> 27)) * 0x94d049bb133111ebu;
    return z ^ (z >> 31);
}

/* 0 … limit - 1 */
static inline uint64_t random_below(uint64_t *state, uint64_t limit)
{
    return random_next(state) % limit;
}

#endif
