/* ids.c -- From the ids of a table's rows to the indexes of an array.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include "store/ids.h"

#include "base/memory.h"

#include <stdlib.h>
#include <string.h>

#define LEAST  1024 /* ids up to this, and … */
#define SPREAD 4    /* up to so many times the number of rows, lie in the array */

void ids_done(struct ids *ids)
{
    free(ids->dense);
    map_done(&ids->sparse);
    *ids = (struct ids){.dense = NULL};
}

static void grow(struct ids *ids, size_t least)
{
    size_t capacity = ids->capacity ? ids->capacity : LEAST;
    while (capacity <= least)
        capacity *= 2;
    ids->dense = memory_resize(ids->dense, capacity, sizeof *ids->dense);
    memset(ids->dense + ids->capacity, 0, (capacity - ids->capacity) * sizeof *ids->dense);
    ids->capacity = capacity;
}

void ids_add(struct ids *ids, int64_t id, uint32_t index)
{
    bool is_new;
    ids->count++;
    if (id >= 0 && (uint64_t)id < (ids->count + LEAST) * SPREAD) {
        if ((size_t)id >= ids->capacity)
            grow(ids, (size_t)id);
        ids->dense[id] = index + 1;
        return;
    }
    *map_add(&ids->sparse, &id, sizeof id, &is_new) = index;
}

bool ids_find(const struct ids *ids, int64_t id, uint32_t *index)
{
    if (id >= 0 && (uint64_t)id < ids->capacity && ids->dense[id]) {
        *index = ids->dense[id] - 1;
        return true;
    }
    const size_t *found = map_find(&ids->sparse, &id, sizeof id);
    if (found)
        *index = (uint32_t)*found;
    return found != NULL;
}
