/* snapshots.c -- The snapshots of a comparison in order of time: files, or stores in memory.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include "compare/snapshots.h"

#include "store/order.h"
#include "store/unite.h"

#include <stdlib.h>

static bool is_copy(const struct store_facts *a, const struct store_facts *b)
{
    return a->time_ns == b->time_ns && a->number == b->number && a->pid == b->pid &&
           a->started_ns == b->started_ns;
}

/* Of stores that hold the same snapshot one is kept, but two stores at least: a comparison of a
 * snapshot with its copy must say so. */
static void snapshots_sort(struct snapshots *snapshots)
{
    size_t given = snapshots->count, kept = 0;
    size_t *position = memory_zeroed(given, sizeof *position);
    store_order(snapshots->stores, position, given);
    snapshots->was_sorted = true;
    for (size_t i = 0; i < given; i++) {
        struct store *store = snapshots->stores[i];
        bool is_needed = kept < 2 && i + 1 == given;
        snapshots->was_sorted &= position[i] == i;
        if (i == 0 || is_needed || !is_copy(&snapshots->stores[kept - 1]->facts, &store->facts))
            snapshots->stores[kept++] = store;
        else if (!snapshots->is_borrowed)
            store_close(store);
    }
    snapshots->count = kept;
    snapshots->copies = given - kept;
    free(position);
}

bool snapshots_of_files(struct snapshots *snapshots, const char *const *paths, size_t count,
                        struct error *error)
{
    *snapshots = (struct snapshots){.stores = memory_zeroed(count, sizeof *snapshots->stores)};
    for (size_t i = 0; i < count; i++) {
        struct store *store = store_open_facts(paths[i], error);
        if (!store) {
            snapshots_done(snapshots);
            return false;
        }
        snapshots->stores[snapshots->count++] = store;
    }
    snapshots_sort(snapshots);
    return true;
}

void snapshots_of_stores(struct snapshots *snapshots, struct store *const *stores, size_t count)
{
    *snapshots = (struct snapshots){.count = count,
                                    .stores = memory_zeroed(count, sizeof *snapshots->stores),
                                    .is_borrowed = true};
    for (size_t i = 0; i < count; i++)
        snapshots->stores[i] = stores[i];
    snapshots_sort(snapshots);
}

/* ---- of several processes ----------------------------------------------------------------------
 */

typedef struct store *(*store_opener)(const char *path, struct error *error);

/* Opens the snapshots of one moment as one. */
static struct store *open_moment(const struct snapshots *snapshots, size_t moment,
                                 store_opener open, struct error *error)
{
    const struct program *program = snapshots->program;
    size_t count = program->lives.count, opened = 0;
    struct store **stores = memory_zeroed(count, sizeof *stores), *all = NULL;
    struct unite_ladder *ladders = memory_zeroed(count, sizeof *ladders);
    struct pool *pool = pool_new();
    for (; opened < count; opened++) {
        const struct life *life = &snapshots->lives->list.items[program->lives.items[opened]];
        int64_t *epochs = pool_zeroed(pool, program->moments * sizeof *epochs);
        for (size_t k = 0; k < program->moments; k++)
            epochs[k] = life->epochs.items[lives_at(life, program, k)];
        ladders[opened] = (struct unite_ladder){epochs, program->moments};
        stores[opened] = open(life->paths.items[lives_at(life, program, moment)], error);
        if (!stores[opened])
            break;
    }
    if (opened == count)
        all = unite(stores, count, ladders, moment);
    for (size_t i = 0; i < opened && !all; i++)
        store_close(stores[i]);
    free(stores);
    free(ladders);
    pool_free(pool);
    return all;
}

bool snapshots_of_lives(struct snapshots *snapshots, const struct lives *lives,
                        const struct program *program, struct error *error)
{
    *snapshots =
        (struct snapshots){.stores = memory_zeroed(program->moments, sizeof *snapshots->stores),
                           .was_sorted = true,
                           .lives = lives,
                           .program = program};
    for (size_t k = 0; k < program->moments; k++) {
        struct store *store = open_moment(snapshots, k, store_open_facts, error);
        if (!store) {
            snapshots_done(snapshots);
            return false;
        }
        snapshots->stores[snapshots->count++] = store;
    }
    return true;
}

void snapshots_done(struct snapshots *snapshots)
{
    for (size_t i = 0; i < snapshots->count && !snapshots->is_borrowed; i++)
        store_close(snapshots->stores[i]);
    free(snapshots->stores);
    *snapshots = (struct snapshots){0};
}

/* In place of the store that holds the facts alone. */
static bool snapshots_replace(struct snapshots *snapshots, size_t index, struct store *store)
{
    if (!store)
        return false;
    store_close(snapshots->stores[index]);
    snapshots->stores[index] = store;
    return true;
}

bool snapshots_load(struct snapshots *snapshots, size_t index, struct error *error)
{
    if (snapshots->program)
        return snapshots_replace(snapshots, index,
                                 open_moment(snapshots, index, store_open, error));
    return snapshots->is_borrowed ||
           snapshots_replace(snapshots, index, store_open(snapshots->stores[index]->path, error));
}

bool snapshots_load_between(struct snapshots *snapshots, size_t index, struct error *error)
{
    if (snapshots->program)
        return snapshots_load(snapshots, index, error);
    const struct store *last = snapshots->stores[snapshots->count - 1];
    const char *path = snapshots->stores[index]->path;
    return snapshots->is_borrowed ||
           snapshots_replace(snapshots, index, store_open_between(path, last, error));
}

void snapshots_trim(struct snapshots *snapshots, size_t index)
{
    if (!snapshots->is_borrowed)
        store_trim(snapshots->stores[index]);
}

/* By the clock of the process, where they are of one: the wall clock may have been set. */
static int64_t snapshots_between(const struct store *first, const struct store *other)
{
    return store_is_same_process(first, other)
               ? store_sum(other->facts.uptime_ns, -first->facts.uptime_ns)
               : store_sum(other->facts.time_ns, -first->facts.time_ns);
}

void snapshots_times(const struct snapshots *snapshots, double *x)
{
    struct store *const *stores = snapshots->stores;
    bool rises = true;
    for (size_t i = 0; i < snapshots->count; i++) {
        x[i] = (double)snapshots_between(stores[0], stores[i]) / 1e9;
        rises &= i == 0 || x[i] > x[i - 1];
    }
    for (size_t i = 0; i < snapshots->count && !rises; i++)
        x[i] = (double)i;
}
