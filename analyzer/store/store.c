/* store.c -- Opening a snapshot read-only, as untrusted data.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include "store/store.h"

#include "base/text.h"
#include "store/guard.h"
#include "store/header.h"
#include "store/load.h"
#include "store/queries.h"
#include "store/rows.h"
#include "store/timeline.h"

#include <sqlite3.h>
#include <stdlib.h>
#include <string.h>

#define SAME_START_NS ((int64_t)10 * 1000000000)
#define CHECK_LIMIT                                                                                \
    ((int64_t)16 * 1024 * 1024) /* larger files are checked by reading them only                   \
                                 */

int64_t store_sum(int64_t a, int64_t b)
{
    const int64_t limit = INT64_MAX / 2;
    int64_t sum;
    if (__builtin_add_overflow(a, b, &sum))
        return a < 0 ? -limit : limit;
    return sum > limit ? limit : sum < -limit ? -limit : sum;
}

/* By the wall clock, where the files do not say more. */
static bool began_together(const struct store_facts *x, const struct store_facts *y)
{
    int64_t apart =
        store_sum(store_sum(y->time_ns, -x->time_ns), -store_sum(y->uptime_ns, -x->uptime_ns));
    return apart < SAME_START_NS && apart > -SAME_START_NS;
}

static const struct store_epoch *epoch_after(const struct store *store, int64_t number)
{
    for (size_t i = 0; i < store->epochs.count; i++)
        if (store->epochs.items[i].number == number + 1)
            return &store->epochs.items[i];
    return NULL;
}

/* Each snapshot begins an epoch, and all later ones know when. So the wall clock may be set between
 * the two, and the machine may sleep. */
static bool is_continued(const struct store *x, const struct store *y)
{
    const struct store_epoch *next = epoch_after(y, x->facts.epoch);
    if (!next)
        return began_together(&x->facts, &y->facts);
    int64_t apart = store_sum(next->uptime_ns, -x->facts.uptime_ns);
    return apart >= 0 && apart < SAME_START_NS && x->epochs.count <= y->epochs.count &&
           (!x->epochs.count || memcmp(x->epochs.items, y->epochs.items,
                                       x->epochs.count * sizeof *x->epochs.items) == 0);
}

bool store_is_same_process(const struct store *a, const struct store *b)
{
    const struct store_facts *x = &a->facts, *y = &b->facts;
    return x->pid == y->pid && x->started_ns == y->started_ns &&
           strcmp(x->program, y->program) == 0 && strcmp(x->host, y->host) == 0 &&
           y->uptime_ns >= x->uptime_ns && is_continued(a, b);
}

/* `immutable` keeps SQLite from looking for a journal beside the file and from locking it. */
static void build_uri(struct text *uri, const char *path)
{
    text_add(uri, "file:");
    for (const char *c = path; *c; c++) {
        if (strchr("%?#", *c))
            text_format(uri, "%%%02X", (unsigned)(unsigned char)*c);
        else
            text_add_n(uri, c, 1);
    }
    text_add(uri, "?immutable=1");
}

static bool is_sound(sqlite3 *database)
{
    if (guard_file_size(database) > CHECK_LIMIT)
        return true;
    sqlite3_stmt *statement = NULL;
    bool sound = sqlite3_prepare_v2(database, QUERY_CHECK, -1, &statement, NULL) == SQLITE_OK &&
                 sqlite3_step(statement) == SQLITE_ROW && sqlite3_column_text(statement, 0) &&
                 strcmp((const char *)sqlite3_column_text(statement, 0), "ok") == 0;
    sqlite3_finalize(statement);
    return sound;
}

sqlite3 *store_database(const char *path, struct error *error)
{
    struct text uri = {0};
    sqlite3 *database = NULL;
    build_uri(&uri, path);
    if (sqlite3_open_v2(uri.bytes, &database,
                        SQLITE_OPEN_READONLY | SQLITE_OPEN_URI | SQLITE_OPEN_NOMUTEX,
                        NULL) == SQLITE_OK) {
        guard_settle(database);
        if (!guard_reader(database)) {
            error_set(error, NULL, "cannot open %s: out of memory", path);
            sqlite3_close(database);
            database = NULL;
        }
    } else {
        error_set(error, NULL, "cannot open %s: %s", path, sqlite3_errmsg(database));
        sqlite3_close(database);
        database = NULL;
    }
    text_done(&uri);
    return database;
}

static bool open_and_load(struct store *store, enum load_depth depth, struct error *error)
{
    sqlite3 *database = store_database(store->path, error);
    if (!database)
        return false;
    bool good = !guard_has_plain_tables(database)
                    ? rows_damaged(store, error, "it has tables of another kind, or none")
                : depth < LOAD_ALL || is_sound(database)
                    ? load(store, database, depth, error)
                    : rows_damaged(store, error, "its pages do not fit together");
    good = good && (depth < LOAD_ALL || timeline_load(store, database, error));
    sqlite3_close(database);
    return good;
}

static struct store *open_with(const char *path, enum load_depth depth, struct error *error)
{
    if (!header_check(path, error))
        return NULL;
    struct store *store = memory_zeroed(1, sizeof *store);
    store->texts = pool_new();
    store->path = pool_text(store->texts, path);
    if (open_and_load(store, depth, error))
        return store;
    store_close(store);
    return NULL;
}

struct store *store_open(const char *path, struct error *error)
{
    return open_with(path, LOAD_ALL, error);
}

struct store *store_open_facts(const char *path, struct error *error)
{
    return open_with(path, LOAD_FACTS, error);
}

struct store *store_open_between(const char *path, const struct store *last, struct error *error)
{
    struct store *store = open_with(path, LOAD_STACKS, error);
    if (!store || store_borrow_nodes(store, last))
        return store;
    store_close(store);
    return open_with(path, LOAD_COUNTERS, error);
}

static void free_arrays(struct store *store)
{
    VEC_DONE(&store->source_maps);
    VEC_DONE(&store->modules);
    VEC_DONE(&store->locations);
    VEC_DONE(&store->symbols);
    VEC_DONE(&store->nodes);
    VEC_DONE(&store->stacks);
    VEC_DONE(&store->labels);
    VEC_DONE(&store->threads);
    VEC_DONE(&store->ages);
    VEC_DONE(&store->sizes);
    VEC_DONE(&store->regions);
    VEC_DONE(&store->timeline);
}

/* Their texts are those of the whole. */
static void close_united(struct store *store)
{
    for (size_t i = 0; i < store->united_count; i++)
        store_close(store->united[i]);
    free(store->united);
    store->united = NULL;
    store->united_count = 0;
}

static void store_keep(struct pool *pool, const char **text)
{
    *text = pool_text(pool, *text);
}

/* The names of all code lie in the same pool as the few texts that stay. */
void store_trim(struct store *store)
{
    struct pool *texts = pool_new();
    struct store_facts *facts = &store->facts;
    const char **kept[] = {&store->path,      &facts->label,      &facts->reason,
                           &facts->program,   &facts->executable, &facts->command_line,
                           &facts->directory, &facts->host};
    for (size_t i = 0; i < sizeof kept / sizeof *kept; i++)
        store_keep(texts, kept[i]);
    for (size_t i = 0; i < store->counters.count; i++) {
        store_keep(texts, &store->counters.items[i].name);
        store_keep(texts, &store->counters.items[i].meaning);
    }
    for (size_t i = 0; i < store->allocator.count; i++) {
        store_keep(texts, &store->allocator.items[i].owner);
        store_keep(texts, &store->allocator.items[i].name);
    }
    for (size_t i = 0; i < store->runtime.count; i++) {
        store_keep(texts, &store->runtime.items[i].owner);
        store_keep(texts, &store->runtime.items[i].name);
    }
    free_arrays(store);
    close_united(store);
    pool_free(store->texts);
    store->texts = texts;
}

/* Stacks are ordered by id; most often id n is at n - 1. */
uint32_t store_find_stack(const struct store *store, int64_t id)
{
    const struct store_stack *stacks = store->stacks.items;
    size_t low = 0, high = store->stacks.count;
    if (id >= 1 && (uint64_t)id <= high && stacks[id - 1].id == id)
        return (uint32_t)(id - 1);
    while (low < high) {
        size_t middle = low + (high - low) / 2;
        if (stacks[middle].id < id)
            low = middle + 1;
        else
            high = middle;
    }
    return low < store->stacks.count && stacks[low].id == id ? (uint32_t)low : STORE_NONE;
}

int64_t store_counter(const struct store *store, const char *name)
{
    for (size_t i = 0; i < store->counters.count; i++) {
        if (strcmp(store->counters.items[i].name, name) == 0)
            return store->counters.items[i].value;
    }
    return -1;
}

double store_statistic(const struct store_statistic *items, size_t count, const char *owner,
                       const char *name, double fallback)
{
    for (size_t i = 0; i < count; i++) {
        if (strcmp(items[i].owner, owner) == 0 && strcmp(items[i].name, name) == 0)
            return items[i].value;
    }
    return fallback;
}

void store_close(struct store *store)
{
    if (!store)
        return;
    free_arrays(store);
    VEC_DONE(&store->epochs);
    VEC_DONE(&store->counters);
    VEC_DONE(&store->allocator);
    VEC_DONE(&store->runtime);
    close_united(store);
    pool_free(store->texts);
    free(store);
}
