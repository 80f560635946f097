/* cache_write.c -- The cache file at the end of a run: what is new goes in, what is old goes out.
 *
 * One short transaction. Another process may be in the middle of its own: then this one waits a
 * second and gives up, and the next run finds the names again.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include "symbols/cache_parts.h"

#include <stdlib.h>
#include <time.h>

static sqlite3_stmt *cache_write_prepare(struct cache *cache, const char *sql)
{
    sqlite3_stmt *statement = NULL;
    sqlite3_prepare_v2(cache->database, sql, -1, &statement, NULL);
    return statement;
}

/* Runs it to its end; statements that could not be prepared fail here. */
static bool cache_write_finish(sqlite3_stmt *statement)
{
    bool done = statement && sqlite3_step(statement) == SQLITE_DONE;
    sqlite3_finalize(statement);
    return done;
}

static int64_t find_id(struct cache *cache, const char *build_id)
{
    sqlite3_stmt *row = cache_write_prepare(cache, "SELECT id FROM module WHERE build_id = ?");
    int64_t id = 0;
    sqlite3_bind_text(row, 1, build_id, -1, SQLITE_STATIC);
    if (row && sqlite3_step(row) == SQLITE_ROW)
        id = sqlite3_column_int64(row, 0);
    sqlite3_finalize(row);
    return id;
}

static bool delete_module(struct cache *cache, int64_t id)
{
    sqlite3_stmt *answers = cache_write_prepare(cache, "DELETE FROM answer WHERE module_id = ?");
    sqlite3_bind_int64(answers, 1, id);
    sqlite3_stmt *module = cache_write_prepare(cache, "DELETE FROM module WHERE id = ?");
    sqlite3_bind_int64(module, 1, id);
    bool done = cache_write_finish(answers);
    return cache_write_finish(module) && done;
}

static bool same_stamps(struct cache *cache, int64_t id, const struct kept *kept)
{
    sqlite3_stmt *row =
        cache_write_prepare(cache, "SELECT 1 FROM module WHERE id = ? AND stamps = ?"
                                   " AND config = ?");
    sqlite3_bind_int64(row, 1, id);
    sqlite3_bind_blob(row, 2, kept->stamps.bytes, (int)kept->stamps.length, SQLITE_STATIC);
    sqlite3_bind_text(row, 3, kept->config, -1, SQLITE_STATIC);
    bool same = row && sqlite3_step(row) == SQLITE_ROW;
    sqlite3_finalize(row);
    return same;
}

static int64_t insert_module(struct cache *cache, const struct kept *kept)
{
    sqlite3_stmt *row =
        cache_write_prepare(cache, "INSERT INTO module (build_id, config, stamps, file,"
                                   " debug_file, has_debug_info, has_table, used)"
                                   " VALUES (?, ?, ?, ?, ?, ?, ?, 0)");
    sqlite3_bind_text(row, 1, kept->build_id, -1, SQLITE_STATIC);
    sqlite3_bind_text(row, 2, kept->config, -1, SQLITE_STATIC);
    sqlite3_bind_blob(row, 3, kept->stamps.bytes, (int)kept->stamps.length, SQLITE_STATIC);
    sqlite3_bind_text(row, 4, kept->facts.file, -1, SQLITE_STATIC);
    sqlite3_bind_text(row, 5, kept->facts.debug_file, -1, SQLITE_STATIC);
    sqlite3_bind_int(row, 6, kept->facts.has_debug_info);
    sqlite3_bind_int(row, 7, kept->facts.has_table);
    return cache_write_finish(row) ? sqlite3_last_insert_rowid(cache->database) : 0;
}

/* The row that the module's answers go to; 0: they go nowhere. Another run may have written it, or
 * dropped it, since this one has looked. */
static int64_t place_module(struct cache *cache, const struct kept *kept)
{
    int64_t id = find_id(cache, kept->build_id);
    if (!kept->is_new)
        return id;
    if (id && same_stamps(cache, id, kept))
        return id;
    if (id && !delete_module(cache, id))
        return 0;
    return insert_module(cache, kept);
}

static bool write_answers(struct cache *cache, const int64_t *ids)
{
    sqlite3_stmt *row =
        cache_write_prepare(cache, "INSERT OR REPLACE INTO answer VALUES (?, ?, ?, ?)");
    bool good = row != NULL;
    for (size_t i = 0; good && i < cache->additions.count; i++) {
        const struct addition *addition = &cache->additions.items[i];
        const char *build_id = cache->modules.items[addition->module].build_id;
        if (ids[addition->module] == 0)
            continue;
        sqlite3_bind_int64(row, 1, ids[addition->module]);
        sqlite3_bind_int64(row, 2, (int64_t)addition->offset);
        sqlite3_bind_blob(row, 3, addition->bytes, (int)addition->length, SQLITE_STATIC);
        sqlite3_bind_int64(
            row, 4, cache_checksum(build_id, addition->offset, addition->bytes, addition->length));
        good = sqlite3_step(row) == SQLITE_DONE;
        sqlite3_reset(row);
    }
    sqlite3_finalize(row);
    return good;
}

static bool mark_used(struct cache *cache, int64_t id)
{
    sqlite3_stmt *row = cache_write_prepare(cache, "UPDATE module SET used = ? WHERE id = ?");
    sqlite3_bind_int64(row, 1, time(NULL));
    sqlite3_bind_int64(row, 2, id);
    return cache_write_finish(row);
}

static int64_t size_of(struct cache *cache)
{
    int64_t pages = cache_number(cache->database, "PRAGMA page_count") -
                    cache_number(cache->database, "PRAGMA freelist_count");
    return pages * cache_number(cache->database, "PRAGMA page_size");
}

/* Modules that were not used for longest go first; a quarter is made free at once. */
static bool evict(struct cache *cache, int64_t limit)
{
    if (size_of(cache) <= limit)
        return true;
    while (size_of(cache) > limit - limit / 4) {
        int64_t oldest =
            cache_number(cache->database, "SELECT id FROM module ORDER BY used, id LIMIT 1");
        if (oldest < 0)
            return true;
        if (!delete_module(cache, oldest))
            return false;
    }
    return true;
}

static void cache_write_all(struct cache *cache, int64_t limit)
{
    if (!cache_execute(cache->database, "BEGIN IMMEDIATE"))
        return;
    int64_t *ids = memory_zeroed(cache->modules.count + 1, sizeof *ids);
    bool good = true;
    for (size_t i = 0; good && i < cache->modules.count; i++) {
        ids[i] = place_module(cache, &cache->modules.items[i]);
        good = ids[i] == 0 || mark_used(cache, ids[i]);
    }
    good = good && write_answers(cache, ids) && evict(cache, limit);
    free(ids);
    if (!good || !cache_execute(cache->database, "COMMIT")) {
        int code = sqlite3_errcode(cache->database);
        cache_execute(cache->database, "ROLLBACK");
        if (code == SQLITE_CORRUPT || code == SQLITE_NOTADB)
            cache_discard(cache->path);
    }
}

void cache_close(struct cache *cache, int64_t limit)
{
    if (!cache)
        return;
    if (cache->modules.count > 0)
        cache_write_all(cache, limit);
    sqlite3_close(cache->database);
    for (size_t i = 0; i < cache->modules.count; i++)
        text_done(&cache->modules.items[i].stamps);
    VEC_DONE(&cache->modules);
    VEC_DONE(&cache->additions);
    pool_free(cache->pool);
    free(cache->path);
    free(cache);
}
