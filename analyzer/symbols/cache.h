/* cache.h -- Answers that earlier runs found, in one SQLite file.
 *
 * It may be deleted at any time, also while it is in use. When it cannot be used (damaged, full
 * disk, locked by another process), it holds less, and no error is reported.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#ifndef ANALYZER_SYMBOLS_CACHE_H
#define ANALYZER_SYMBOLS_CACHE_H

#include "base/memory.h"
#include "symbols/symbols.h"

#define CACHE_LIMIT ((int64_t)64 << 20) /* bytes of the file, about 400,000 answers */

/* $XDG_CACHE_HOME/heapdiff/symbols.db or ~/.cache/…; NULL when neither is known. Free it. */
char *cache_path(void);

/* NULL when it cannot be made, or belongs to another user. */
struct cache;
struct cache *cache_open(const char *path);
/* Writes what was added and drops what was not used for longest, down to LIMIT bytes. */
void cache_close(struct cache *cache, int64_t limit);

/* Calls EACH for every answer about a module, if they still hold: no file that they came from, and
 * none that could say more, has come, gone or changed. CONFIG is how it is looked for now: with
 * another one a module without debug information is looked for again. Texts of FACTS lie in POOL.
 * EACH's bytes are borrowed for the call. */
typedef void cache_each(void *context, uint64_t offset, const char *bytes, size_t length);
bool cache_load(struct cache *cache, const char *build_id, const char *config, struct pool *pool,
                struct symbol_module *facts, cache_each *each, void *context);

/* Begins a module anew. LOOKED_AT: see elf.h. Returns its number for cache_add. */
struct cache_module {
    const char *build_id, *config, *looked_at;
    size_t looked_at_length;
    struct symbol_module facts;
};
size_t cache_begin(struct cache *cache, const struct cache_module *module);
/* Goes on with a module that was loaded. */
size_t cache_continue(struct cache *cache, const char *build_id);
void cache_add(struct cache *cache, size_t module, uint64_t offset, const char *bytes,
               size_t length);

#endif
