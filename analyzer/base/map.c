/* map.c -- An open-addressing hash map; keys are copied, entries are never removed.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include "base/map.h"

#include "base/memory.h"

#include <stdlib.h>
#include <string.h>

/* The finaliser of splitmix64 over both words. */
uint64_t map_mix(uint64_t a, uint64_t b)
{
    uint64_t x = a + 0x9e3779b97f4a7c15ull * (b + 1);
    x = (x ^ (x >> 30)) * 0xbf58476d1ce4e5b9ull;
    x = (x ^ (x >> 27)) * 0x94d049bb133111ebull;
    return x ^ (x >> 31);
}

uint64_t map_hash(const void *key, size_t length)
{
    const unsigned char *bytes = key;
    uint64_t hash = 0xcbf29ce484222325ull; /* FNV-1a */
    for (size_t i = 0; i < length; i++)
        hash = (hash ^ bytes[i]) * 0x100000001b3ull;
    return map_mix(hash, length);
}

void map_done(struct map *map)
{
    free(map->entries);
    pool_free(map->keys);
    *map = (struct map){0};
}

/* The entry that holds KEY, or the free one where it belongs. */
static struct map_entry *find_entry(const struct map *map, const void *key, size_t length,
                                    uint64_t hash)
{
    size_t mask = map->capacity - 1;
    for (size_t i = hash & mask;; i = (i + 1) & mask) {
        struct map_entry *entry = &map->entries[i];
        if (!entry->key)
            return entry;
        if (entry->hash == hash && entry->length == length && !memcmp(entry->key, key, length))
            return entry;
    }
}

size_t *map_find(const struct map *map, const void *key, size_t length)
{
    if (!map->capacity)
        return NULL;
    struct map_entry *entry = find_entry(map, key, length, map_hash(key, length));
    return entry->key ? &entry->value : NULL;
}

static void map_grow(struct map *map)
{
    struct map old = *map;
    map->capacity = old.capacity ? old.capacity * 2 : 64;
    map->entries = memory_zeroed(map->capacity, sizeof *map->entries);
    for (size_t i = 0; i < old.capacity; i++) {
        const struct map_entry *entry = &old.entries[i];
        if (entry->key)
            *find_entry(map, entry->key, entry->length, entry->hash) = *entry;
    }
    free(old.entries);
}

size_t *map_add(struct map *map, const void *key, size_t length, bool *is_new)
{
    if (map->count * 4 >= map->capacity * 3)
        map_grow(map);
    if (!map->keys)
        map->keys = pool_new();
    uint64_t hash = map_hash(key, length);
    struct map_entry *entry = find_entry(map, key, length, hash);
    *is_new = !entry->key;
    if (*is_new) {
        map->count++;
        *entry = (struct map_entry){
            .key = pool_text_n(map->keys, key, length), .length = length, .hash = hash};
    }
    return &entry->value;
}
