/* map.h -- A hash map from bytes (texts, numbers) to an index.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#ifndef ANALYZER_BASE_MAP_H
#define ANALYZER_BASE_MAP_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct map_entry {
    const char *key; /* NULL: free */
    size_t length;
    uint64_t hash;
    size_t value;
};

/* Zero-initialise it (`struct map map = {0}`); map_done frees it. */
struct map {
    struct map_entry *entries;
    size_t capacity; /* a power of two, or 0 */
    size_t count;
    struct pool *keys;
};

void map_done(struct map *map);

/* The value of KEY, or NULL when it is not there. Valid until the next map_add. */
size_t *map_find(const struct map *map, const void *key, size_t length);

/* The value of KEY. Adds a missing KEY with value 0 and sets *IS_NEW. */
size_t *map_add(struct map *map, const void *key, size_t length, bool *is_new);

uint64_t map_hash(const void *key, size_t length);
uint64_t map_mix(uint64_t a, uint64_t b);

#endif
