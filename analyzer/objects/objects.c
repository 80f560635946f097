/* objects.c -- Reads heap snapshots one by one and makes one comparison of them.
 *
 * The last snapshot is read first and stays, since it names the plain objects of all and its new
 * objects are asked for their ways; beside it one other is in memory at a time.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include "objects/objects.h"

#include "base/map.h"
#include "objects/conclusion.h"
#include "objects/findings.h"
#include "objects/growth.h"
#include "objects/ways.h"

#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#define MOST_WAYS   5 /* of a type */
#define JUDGED_WAYS 50

/* The types are found while snapshots are read: BY_KEY -> number. */
struct making {
    struct objects *objects;
    const struct objects_options *options;
    struct map by_key;
    struct growth_side last;
    struct heap_interfaces interfaces; /* of the last */
};

static struct objects_type *type_of(struct making *making, const char *key, const char *name)
{
    struct objects *objects = making->objects;
    bool is_new;
    size_t *number = map_add(&making->by_key, key, strlen(key), &is_new);
    if (is_new) {
        struct objects_type type = {.name = pool_text(objects->texts, name),
                                    .key = pool_text(objects->texts, key)};
        int64_t **const columns[] = {&type.count, &type.shallow, &type.retained, &type.same_count,
                                     &type.same_retained};
        for (size_t i = 0; i < sizeof columns / sizeof *columns; i++)
            *columns[i] = pool_zeroed(objects->texts, objects->count * sizeof(int64_t));
        *number = objects->types.count;
        VEC_ADD(&objects->types, type);
    }
    return &objects->types.items[*number];
}

/* V8's own: these types grow when code warms up, whatever the program does. */
static bool is_internal(const struct heap *heap, uint32_t class)
{
    static const char *const names[] = {"(system)", "(compiled code)", "(object shape)",
                                        "(number)", "(hidden)",        "(synthetic)"};
    uint32_t name = heap->classes.list.items[class].name;
    for (size_t i = 0; i < sizeof names / sizeof *names; i++)
        if (heap_names_equal(&heap->names, name, names[i]))
            return true;
    return heap_names_start(&heap->names, name, "system / ") &&
           !(heap_names_kind(&heap->names, name) &
             (HEAP_NAME_CONTEXT | HEAP_NAME_NATIVE_CONTEXTS)) &&
           !heap_names_equal(&heap->names, name, "system / JSArrayBufferData");
}

static void add_side(struct making *making, const struct growth_side *side, size_t number)
{
    struct objects_file *file = &making->objects->files[number];
    file->nodes = side->heap->meta.nodes;
    file->bytes = (int64_t)heap_total(side->heap);
    for (size_t i = 0; i < side->own->list.count; i++) {
        const struct heap_row *row = &side->own->list.items[i];
        struct objects_type *type = type_of(making, row->key, row->name);
        type->count[number] = row->count;
        type->shallow[number] = (int64_t)row->shallow;
        type->retained[number] = (int64_t)row->retained;
        type->is_internal |= is_internal(side->heap, row->class);
        if (number + 1 == making->objects->count)
            type->distance = row->distance;
    }
    for (size_t i = 0; i < side->same->list.count; i++) {
        const struct heap_row *row = &side->same->list.items[i];
        struct objects_type *type = type_of(making, row->key, row->name);
        type->same_count[number] = row->count;
        type->same_retained[number] = (int64_t)row->retained;
        type->is_internal |= is_internal(side->heap, row->class);
    }
}

/* ---- Ranking ------------------------------------------------------------------------------------
 */

static int64_t growth_of(const struct objects_type *type, size_t count)
{
    return type->retained[count - 1] - (count > 1 ? type->retained[0] : 0);
}

static int by_rank(const void *a, const void *b, void *owner)
{
    const struct objects_type *x = a, *y = b;
    size_t count = *(const size_t *)owner;
    if (x->is_growing != y->is_growing)
        return x->is_growing ? -1 : 1;
    if (x->is_part != y->is_part)
        return x->is_part ? 1 : -1;
    int64_t of_x = x->is_growing ? x->kept : growth_of(x, count);
    int64_t of_y = y->is_growing ? y->kept : growth_of(y, count);
    if (of_x != of_y)
        return of_x > of_y ? -1 : 1;
    return strcmp(x->key, y->key);
}

static void rank_types(struct objects *objects)
{
    if (objects->types.count > 1)
        qsort_r(objects->types.items, objects->types.count, sizeof *objects->types.items, by_rank,
                &objects->count);
}

/* Those that grow first; of these, wholes before parts. */
static void rank_growing(struct objects *objects)
{
    rank_types(objects);
    while (objects->growing < objects->types.count &&
           objects->types.items[objects->growing].is_growing)
        objects->growing++;
    conclusion_find_parts(objects, objects->growing);
    rank_types(objects);
    conclusion_rank_parts(objects);
}

static bool is_wanted(const struct making *making, size_t number)
{
    return making->options->top < 0 || (int64_t)number < making->options->top;
}

/* The ways of what is new, or in a single snapshot of all, for types that are listed. */
static void add_ways(struct making *making, struct ways *ways, size_t from)
{
    const struct growth_side *last = &making->last;
    struct objects *objects = making->objects;
    for (size_t i = from; i < objects->types.count && is_wanted(making, i); i++) {
        struct objects_type *type = &objects->types.items[i];
        const struct heap_row *row = heap_rows_find(last->same, type->key);
        if (row && type->ways.count == 0)
            ways_add(ways, type, row->class, objects->count > 1 ? last->is_moved : NULL,
                     objects->count > 1 ? last->is_topmost : NULL, MOST_WAYS);
    }
}

/* ---- Two snapshots or more ----------------------------------------------------------------------
 */

static void judge_types(struct making *making, struct ways *ways)
{
    struct objects *objects = making->objects;
    for (size_t i = 0; i < objects->types.count; i++) {
        struct objects_type *type = &objects->types.items[i];
        const struct heap_row *row = heap_rows_find(making->last.same, type->key);
        if (!growth_is_suspect(objects, type) || !row)
            continue;
        ways_add(ways, type, row->class, making->last.is_moved, making->last.is_topmost,
                 JUDGED_WAYS);
        growth_judge(ways, type);
        type->ways.count = type->ways.count < MOST_WAYS ? type->ways.count : MOST_WAYS;
    }
}

static bool read_between(struct making *making, struct error *error)
{
    struct objects *objects = making->objects;
    for (size_t i = 1; i + 1 < objects->count; i++) {
        struct growth_side side;
        bool good = growth_open(&side, objects->files[i].path, &making->interfaces, error);
        if (good)
            add_side(making, &side, i);
        growth_close(&side);
        if (!good)
            return false;
    }
    return true;
}

static bool compare_sides(struct making *making, struct growth_side *first, struct error *error)
{
    struct objects *objects = making->objects;
    add_side(making, first, 0);
    if (!read_between(making, error))
        return false;
    growth_compare(first, &making->last, objects);
    const struct growth_side *last = &making->last;
    struct ways *ways = ways_new(last->heap, last->same, last->is_fresh, objects->texts);
    judge_types(making, ways);
    rank_growing(objects);
    add_ways(making, ways, 0);
    conclusion_name_collections(objects, ways, first, &making->last);
    conclusion_sum(objects, first, &making->last);
    ways_free(ways);
    return true;
}

static bool read_all(struct making *making, struct error *error)
{
    struct objects *objects = making->objects;
    size_t last = objects->count - 1;
    if (!growth_open(&making->last, objects->files[last].path, NULL, error))
        return false;
    add_side(making, &making->last, last);
    if (!findings_add(objects, making->last.heap, error))
        return false;
    if (objects->count == 1) {
        rank_types(objects);
        if (making->options->top != 0) {
            struct ways *ways =
                ways_new(making->last.heap, making->last.same, NULL, objects->texts);
            add_ways(making, ways, 0);
            ways_free(ways);
        }
        return true;
    }
    making->interfaces = heap_shapes_suggest(making->last.heap);
    struct growth_side first;
    bool good = growth_open(&first, objects->files[0].path, &making->interfaces, error) &&
                compare_sides(making, &first, error);
    growth_close(&first);
    heap_interfaces_done(&making->interfaces);
    return good;
}

struct objects *objects_open(const char *const *paths, size_t count,
                             const struct objects_options *options, struct error *error)
{
    struct objects *objects = memory_zeroed(1, sizeof *objects);
    struct making making = {.objects = objects, .options = options};
    objects->count = count;
    objects->texts = pool_new();
    objects->files = pool_zeroed(objects->texts, count * sizeof *objects->files);
    for (size_t i = 0; i < count; i++) {
        struct stat status;
        objects->files[i].path = pool_text(objects->texts, paths[i]);
        if (stat(paths[i], &status) == 0)
            objects->files[i].time =
                (double)status.st_mtim.tv_sec + (double)status.st_mtim.tv_nsec / 1e9;
    }
    bool good = read_all(&making, error);
    if (good)
        conclusion_reach(objects);
    growth_close(&making.last);
    map_done(&making.by_key);
    if (good)
        return objects;
    objects_close(objects);
    return NULL;
}

void objects_close(struct objects *objects)
{
    if (!objects)
        return;
    for (size_t i = 0; i < objects->types.count; i++)
        VEC_DONE(&objects->types.items[i].ways);
    VEC_DONE(&objects->types);
    VEC_DONE(&objects->findings);
    pool_free(objects->texts);
    free(objects);
}
