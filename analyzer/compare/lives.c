/* lives.c -- Whose snapshots they are: processes, and those of one program together.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include "compare/lives.h"

#include "store/order.h"

#include <stdlib.h>
#include <string.h>

/* Copies of one snapshot are one. */
static bool is_known(const struct life *life, const struct store_facts *facts)
{
    return life->last_ns == facts->time_ns && life->epochs.count &&
           life->epochs.items[life->epochs.count - 1] == facts->epoch;
}

static struct life *find_life(struct lives *lives, const struct store_facts *facts)
{
    for (size_t i = 0; i < lives->list.count; i++) {
        struct life *life = &lives->list.items[i];
        if (life->pid == facts->pid && life->started_ns == facts->started_ns &&
            strcmp(life->host, facts->host) == 0 &&
            strcmp(life->executable, facts->executable) == 0)
            return life;
    }
    return NULL;
}

static void lives_add(struct lives *lives, const char *path, const struct store *store)
{
    const struct store_facts *facts = &store->facts;
    struct life *life = find_life(lives, facts);
    if (!life) {
        struct life begun = {.pid = facts->pid,
                             .started_ns = facts->started_ns,
                             .host = pool_text(lives->pool, facts->host),
                             .executable = pool_text(lives->pool, facts->executable),
                             .command = pool_text(lives->pool, facts->command_line),
                             .first_ns = facts->time_ns,
                             .first_rss = facts->rss_bytes};
        VEC_ADD(&lives->list, begun);
        life = &lives->list.items[lives->list.count - 1];
    } else if (is_known(life, facts)) {
        return;
    }
    life->last_ns = facts->time_ns;
    life->last_rss = facts->rss_bytes;
    VEC_ADD(&life->paths, path);
    VEC_ADD(&life->epochs, facts->epoch);
}

static bool is_of(const struct lives *lives, const struct program *program, const struct life *life)
{
    const struct life *first = &lives->list.items[program->lives.items[0]];
    return strcmp(first->host, life->host) == 0 &&
           strcmp(first->executable, life->executable) == 0 &&
           strcmp(first->command, life->command) == 0;
}

static void assign(struct lives *lives, size_t number)
{
    struct life *life = &lives->list.items[number];
    for (life->program = 0; life->program < lives->programs.count; life->program++)
        if (is_of(lives, &lives->programs.items[life->program], life))
            break;
    if (life->program == lives->programs.count) {
        struct program program = {0};
        VEC_ADD(&lives->programs, program);
    }
    VEC_ADD(&lives->programs.items[life->program].lives, number);
}

/* A life of two snapshots would take the trend from those that have more. */
static void settle(const struct lives *lives, struct program *program)
{
    size_t least = 0, kept = 0;
    int64_t ended = INT64_MAX;
    for (size_t i = 0; i < program->lives.count; i++) {
        const struct life *life = &lives->list.items[program->lives.items[i]];
        size_t count = life->paths.count;
        if (count >= 2 && (least < 3 ? count > least : count >= 3 && count < least))
            least = count;
        program->is_restarted |= life->first_ns > ended;
        ended = life->last_ns < ended ? life->last_ns : ended;
    }
    for (size_t i = 0; i < program->lives.count && least; i++)
        if (lives->list.items[program->lives.items[i]].paths.count >= least)
            program->lives.items[kept++] = program->lives.items[i];
    if (least)
        program->lives.count = kept;
    program->moments = least;
}

static void group(struct lives *lives, const char *const *paths, struct store **stores,
                  size_t count)
{
    size_t *position = memory_zeroed(count, sizeof *position);
    store_order(stores, position, count);
    for (size_t i = 0; i < count; i++)
        lives_add(lives, paths[position[i]], stores[i]);
    free(position);
    for (size_t i = 0; i < lives->list.count; i++)
        assign(lives, i);
    for (size_t i = 0; i < lives->programs.count; i++)
        settle(lives, &lives->programs.items[i]);
}

bool lives_read(struct lives *lives, const char *const *paths, size_t count, struct error *error)
{
    struct store **stores = memory_zeroed(count, sizeof *stores);
    bool good = true;
    lives->pool = pool_new();
    for (size_t i = 0; i < count && good; i++) {
        stores[i] = store_open_facts(paths[i], error);
        good = stores[i] != NULL;
    }
    if (good)
        group(lives, paths, stores, count);
    for (size_t i = 0; i < count; i++)
        store_close(stores[i]);
    free(stores);
    return good;
}

void lives_done(struct lives *lives)
{
    for (size_t i = 0; i < lives->list.count; i++) {
        VEC_DONE(&lives->list.items[i].paths);
        VEC_DONE(&lives->list.items[i].epochs);
    }
    for (size_t i = 0; i < lives->programs.count; i++)
        VEC_DONE(&lives->programs.items[i].lives);
    VEC_DONE(&lives->list);
    VEC_DONE(&lives->programs);
    if (lives->pool)
        pool_free(lives->pool);
    *lives = (struct lives){0};
}

bool lives_are_several(const struct lives *lives)
{
    bool has_series = false;
    for (size_t i = 0; i < lives->programs.count; i++)
        has_series |= lives->programs.items[i].moments > 0;
    return lives->list.count > 1 && has_series;
}

size_t lives_at(const struct life *life, const struct program *program, size_t moment)
{
    size_t last = life->paths.count - 1, steps = program->moments - 1;
    return (moment * last + steps / 2) / steps;
}
