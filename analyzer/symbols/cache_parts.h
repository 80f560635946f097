/* cache_parts.h -- What cache.c, which reads, and cache_write.c share.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#ifndef ANALYZER_SYMBOLS_CACHE_PARTS_H
#define ANALYZER_SYMBOLS_CACHE_PARTS_H

#include "base/text.h"
#include "symbols/cache.h"

#include <sqlite3.h>

/* An answer that is not in the file yet. */
struct addition {
    size_t module;
    uint64_t offset;
    const char *bytes;
    size_t length;
};

/* A module that has such. */
struct kept {
    const char *build_id;
    bool is_new;
    struct text stamps; /* path, zero, stamp, zero; and so on */
    const char *config;
    struct symbol_module facts;
};

struct cache {
    char *path;
    sqlite3 *database;
    struct pool *pool;
    VEC(struct kept) modules;
    VEC(struct addition) additions;
};

/* The first number of the first row; -1 when there is none. */
int64_t cache_number(sqlite3 *database, const char *sql);
bool cache_execute(sqlite3 *database, const char *sql);
int64_t cache_checksum(const char *build_id, uint64_t offset, const void *bytes, size_t length);

/* Forgets what is in the file: it cannot be used. */
void cache_discard(const char *path);

#endif
