/* cache.c -- Answers that earlier runs found, in one SQLite file.
 *
 * An answer belongs to a build id and an offset. Its module's row holds every path that was looked
 * at for the module's file and debug file, with what stat says of each: when a debug package comes
 * or goes, the answers go. Each answer carries a check sum, as SQLite would not notice a page that
 * the disk has garbled.
 *
 * Everything new is kept in memory and written at the end (cache_write.c).
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include "symbols/cache_parts.h"

#include "base/map.h"
#include "symbols/debugfiles.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define VERSION 3          /* raise it when the same module would get other answers */
#define ID      1212437337 /* 'HDSY' */
#define WAIT_MS 1000

#define TEXT_OF(x)  TEXT_OF_(x)
#define TEXT_OF_(x) #x

static const char schema[] =
    "PRAGMA auto_vacuum = FULL;"
    "CREATE TABLE module (id INTEGER PRIMARY KEY, build_id TEXT NOT NULL UNIQUE,"
    "  config TEXT NOT NULL, stamps BLOB NOT NULL, file TEXT, debug_file TEXT,"
    "  has_debug_info INTEGER NOT NULL, has_table INTEGER NOT NULL, used INTEGER NOT NULL);"
    "CREATE TABLE answer (module_id INTEGER NOT NULL, offset INTEGER NOT NULL,"
    "  bytes BLOB NOT NULL, checksum INTEGER NOT NULL, PRIMARY KEY (module_id, offset))"
    "  WITHOUT ROWID;"
    "PRAGMA application_id = " TEXT_OF(ID) ";"
                                           "PRAGMA user_version = " TEXT_OF(VERSION) ";";

char *cache_path(void)
{
    struct text path = {0};
    const char *cache = getenv("XDG_CACHE_HOME"), *home = getenv("HOME");
    if (cache && cache[0] == '/') /* by its specification, others do not count */
        text_format(&path, "%s/heapdiff/symbols.db", cache);
    else if (home && home[0] == '/')
        text_format(&path, "%s/.cache/heapdiff/symbols.db", home);
    return path.bytes;
}

static bool make_folders(const char *path)
{
    char *copy = strdup(path);
    for (char *slash = copy + 1; (slash = strchr(slash, '/')) != NULL; *slash++ = '/') {
        *slash = '\0';
        mkdir(copy, 0700);
    }
    free(copy);
    struct stat status;
    return stat(path, &status) < 0 || (S_ISREG(status.st_mode) && status.st_uid == geteuid());
}

int64_t cache_number(sqlite3 *database, const char *sql)
{
    sqlite3_stmt *statement = NULL;
    int64_t value = -1;
    if (sqlite3_prepare_v2(database, sql, -1, &statement, NULL) == SQLITE_OK &&
        sqlite3_step(statement) == SQLITE_ROW)
        value = sqlite3_column_int64(statement, 0);
    sqlite3_finalize(statement);
    return value;
}

bool cache_execute(sqlite3 *database, const char *sql)
{
    return sqlite3_exec(database, sql, NULL, NULL, NULL) == SQLITE_OK;
}

enum state { USABLE, UNUSABLE, NOT_NOW };

/* NOT_NOW: locked for longer than we wait, or the disk fails: no reason to throw it away. */
static enum state state_of(sqlite3 *database)
{
    static const char ours[] =
        "SELECT (SELECT application_id FROM pragma_application_id) "
        "= " TEXT_OF(ID) " AND (SELECT user_version FROM "
                         "pragma_user_version) = " TEXT_OF(VERSION) " AND (SELECT count(*) FROM "
                                                                    "sqlite_schema WHERE name IN "
                                                                    "('module', 'answer')) = 2";
    int64_t answer = cache_number(database, ours);
    int code = sqlite3_errcode(database) & 0xff;
    if (answer < 0 && code != SQLITE_NOTADB && code != SQLITE_CORRUPT)
        return NOT_NOW;
    return answer == 1 ? USABLE : UNUSABLE;
}

static sqlite3 *open_file(const char *path, int flags, enum state *state)
{
    sqlite3 *database = NULL;
    int result = sqlite3_open_v2(path, &database, SQLITE_OPEN_READWRITE | flags, NULL);
    sqlite3_busy_timeout(database, WAIT_MS);
    *state = NOT_NOW;
    if (result == SQLITE_OK) {
        cache_execute(database, "PRAGMA synchronous = OFF");
        *state = flags & SQLITE_OPEN_CREATE ? USABLE : state_of(database);
    }
    if (*state == USABLE)
        return database;
    sqlite3_close(database);
    return NULL;
}

/* Whatever lies there is no cache that can be used. */
void cache_discard(const char *path)
{
    static const char *const ends[] = {"", "-journal", "-wal", "-shm"};
    for (size_t i = 0; i < sizeof ends / sizeof *ends; i++) {
        struct text name = {0};
        text_format(&name, "%s%s", path, ends[i]);
        unlink(name.bytes);
        text_done(&name);
    }
}

/* Made under another name and renamed when it is whole. So no process reads half of it, and of two
 * processes that make it at the same time the second takes the file of the first. */
static void make_file(const char *path)
{
    struct text aside = {0};
    text_format(&aside, "%s.%d", path, (int)getpid());
    cache_discard(aside.bytes); /* of a process of this number that was killed */
    enum state state;
    mode_t mask = umask(0077);
    sqlite3 *database = open_file(aside.bytes, SQLITE_OPEN_CREATE, &state);
    bool good = database && cache_execute(database, schema);
    umask(mask);
    sqlite3_close(database);
    if (good && renameat2(AT_FDCWD, aside.bytes, AT_FDCWD, path, RENAME_NOREPLACE) < 0 &&
        errno == EINVAL) /* the file system cannot */
        rename(aside.bytes, path);
    cache_discard(aside.bytes);
    text_done(&aside);
}

/* Inode numbers are given out again at once. */
static bool same_file(const struct stat *a, const struct stat *b)
{
    return a->st_ino == b->st_ino && a->st_ctim.tv_sec == b->st_ctim.tv_sec &&
           a->st_ctim.tv_nsec == b->st_ctim.tv_nsec;
}

/* How often another process may discard a file that this one has just made. */
#define TRIES 4

static sqlite3 *open_or_make(const char *path)
{
    for (int i = 0; i < TRIES; i++) {
        enum state state;
        struct stat judged, now;
        bool exists = stat(path, &judged) == 0;
        sqlite3 *database = exists ? open_file(path, 0, &state) : NULL;
        if (database)
            return database;
        bool same = exists && stat(path, &now) == 0 && same_file(&judged, &now);
        if (same && state == NOT_NOW)
            return NULL;
        if (same)
            cache_discard(path);
        make_file(path);
    }
    return NULL;
}

struct cache *cache_open(const char *path)
{
    sqlite3 *database = path && make_folders(path) ? open_or_make(path) : NULL;
    if (!database)
        return NULL;
    struct cache *cache = memory_zeroed(1, sizeof *cache);
    cache->path = strdup(path);
    cache->database = database;
    cache->pool = pool_new();
    return cache;
}

int64_t cache_checksum(const char *build_id, uint64_t offset, const void *bytes, size_t length)
{
    uint64_t key = map_mix(map_hash(build_id, strlen(build_id)), offset);
    return (int64_t)map_mix(key, map_hash(length ? bytes : "", length));
}

/* Whether all paths are as they were. */
static bool stamps_hold(const char *stamps, size_t length)
{
    bool hold = length > 0 && stamps[length - 1] == '\0';
    for (size_t at = 0; hold && at < length;) {
        const char *path = stamps + at;
        at += strlen(path) + 1;
        if (at >= length)
            return false;
        struct text now = {0};
        debugfiles_stamp(path, &now);
        hold = strcmp(now.bytes, stamps + at) == 0;
        at += strlen(stamps + at) + 1;
        text_done(&now);
    }
    return hold;
}

static const char *column_text(sqlite3_stmt *row, int column, struct pool *pool)
{
    const char *text = (const char *)sqlite3_column_text(row, column);
    return text ? pool_text(pool, text) : NULL;
}

/* The module's row in the file; 0 when there is none that holds. */
static int64_t find_module(struct cache *cache, const char *build_id, const char *config,
                           struct pool *pool, struct symbol_module *facts)
{
    sqlite3_stmt *row = NULL;
    int64_t id = 0;
    if (sqlite3_prepare_v2(cache->database,
                           "SELECT id, config, stamps, file, debug_file, has_debug_info, has_table"
                           " FROM module WHERE build_id = ?",
                           -1, &row, NULL) != SQLITE_OK)
        return 0;
    sqlite3_bind_text(row, 1, build_id, -1, SQLITE_STATIC);
    if (sqlite3_step(row) == SQLITE_ROW) {
        const char *known = (const char *)sqlite3_column_text(row, 1);
        *facts = (struct symbol_module){.state = SYMBOLS_FOUND,
                                        .file = column_text(row, 3, pool),
                                        .debug_file = column_text(row, 4, pool),
                                        .has_debug_info = sqlite3_column_int(row, 5) != 0,
                                        .has_table = sqlite3_column_int(row, 6) != 0};
        bool same = known && (facts->has_debug_info || strcmp(known, config) == 0);
        const char *stamps = sqlite3_column_blob(row, 2);
        if (same && stamps && stamps_hold(stamps, (size_t)sqlite3_column_bytes(row, 2)))
            id = sqlite3_column_int64(row, 0);
    }
    sqlite3_finalize(row);
    return id;
}

bool cache_load(struct cache *cache, const char *build_id, const char *config, struct pool *pool,
                struct symbol_module *facts, cache_each *each, void *context)
{
    int64_t id = find_module(cache, build_id, config, pool, facts);
    sqlite3_stmt *row = NULL;
    if (id == 0 ||
        sqlite3_prepare_v2(cache->database,
                           "SELECT offset, bytes, checksum FROM answer WHERE module_id = ?", -1,
                           &row, NULL) != SQLITE_OK)
        return false;
    sqlite3_bind_int64(row, 1, id);
    while (sqlite3_step(row) == SQLITE_ROW) {
        uint64_t offset = (uint64_t)sqlite3_column_int64(row, 0);
        const char *bytes = sqlite3_column_blob(row, 1); /* NULL when empty */
        size_t length = (size_t)sqlite3_column_bytes(row, 1);
        if (cache_checksum(build_id, offset, bytes, length) == sqlite3_column_int64(row, 2))
            each(context, offset, bytes ? bytes : "", length);
    }
    sqlite3_finalize(row);
    return true;
}

size_t cache_begin(struct cache *cache, const struct cache_module *module)
{
    struct kept kept = {.build_id = pool_text(cache->pool, module->build_id),
                        .is_new = true,
                        .config = pool_text(cache->pool, module->config),
                        .facts = module->facts};
    kept.facts.file = module->facts.file ? pool_text(cache->pool, module->facts.file) : NULL;
    kept.facts.debug_file =
        module->facts.debug_file ? pool_text(cache->pool, module->facts.debug_file) : NULL;
    for (size_t at = 0; at < module->looked_at_length;) {
        const char *path = module->looked_at + at;
        at += strlen(path) + 1;
        text_add_n(&kept.stamps, path, strlen(path) + 1);
        debugfiles_stamp(path, &kept.stamps);
        text_add_n(&kept.stamps, "", 1);
    }
    VEC_ADD(&cache->modules, kept);
    return cache->modules.count - 1;
}

size_t cache_continue(struct cache *cache, const char *build_id)
{
    struct kept kept = {.build_id = pool_text(cache->pool, build_id)};
    VEC_ADD(&cache->modules, kept);
    return cache->modules.count - 1;
}

void cache_add(struct cache *cache, size_t module, uint64_t offset, const char *bytes,
               size_t length)
{
    struct addition addition = {.module = module,
                                .offset = offset,
                                .bytes = pool_text_n(cache->pool, length ? bytes : "", length),
                                .length = length};
    VEC_ADD(&cache->additions, addition);
}
