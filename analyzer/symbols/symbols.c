/* symbols.c -- Looks symbols up module by module and remembers every answer.
 *
 * In this order: what this run has already asked, the cache file, the reading process. The last is
 * started when the first question gets that far.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include "symbols/symbols.h"

#include "base/map.h"
#include "base/memory.h"
#include "base/text.h"
#include "symbols/answer.h"
#include "symbols/cache.h"
#include "symbols/debuginfod.h"
#include "symbols/reader.h"

#include <stdio.h>
#include <stdlib.h>

#define USED_EARLY SIZE_MAX /* no number in the cache yet */

struct module {
    struct symbol_place place; /* texts of our own */
    struct symbol_module facts;
    bool is_known;   /* facts are true */
    bool is_open;    /* by the reader, as number */
    bool is_killing; /* the reader died of it */
    bool is_loaded;  /* the cache knows it */
    uint32_t number;
    size_t cached; /* its number there */
};

struct answer {
    const char *bytes; /* decoded when first asked for */
    size_t length;
    bool is_decoded;
    struct symbol_list list;
};

struct symbols {
    struct symbol_sources sources;
    struct pool *pool;
    struct cache *cache; /* NULL: none */
    struct reader *reader;
    bool cannot_read;   /* no reader could be started */
    struct map by_name; /* path and build id → index in modules */
    struct map places;  /* index in modules and offset → index in answers */
    VEC(struct module) modules;
    VEC(struct answer) answers;
};

struct symbols *symbols_new(const struct symbol_sources *sources)
{
    struct symbols *symbols = memory_zeroed(1, sizeof *symbols);
    if (sources)
        symbols->sources = *sources;
    symbols->pool = pool_new();
    if (!symbols->sources.no_cache) {
        char *path = cache_path();
        symbols->cache = cache_open(path);
        free(path);
    }
    return symbols;
}

void symbols_free(struct symbols *symbols)
{
    if (!symbols)
        return;
    reader_free(symbols->reader);
    cache_close(symbols->cache, CACHE_LIMIT);
    VEC_DONE(&symbols->modules);
    VEC_DONE(&symbols->answers);
    map_done(&symbols->by_name);
    map_done(&symbols->places);
    pool_free(symbols->pool);
    free(symbols);
}

static struct answer *add_answer(struct symbols *symbols, size_t module, uint64_t offset,
                                 const char *bytes, size_t length)
{
    uint64_t key[2] = {module, offset};
    bool is_new;
    size_t *slot = map_add(&symbols->places, key, sizeof key, &is_new);
    *slot = symbols->answers.count;
    struct answer answer = {.bytes = pool_text_n(symbols->pool, length ? bytes : "", length),
                            .length = length};
    VEC_ADD(&symbols->answers, answer);
    return &symbols->answers.items[symbols->answers.count - 1];
}

struct loading {
    struct symbols *symbols;
    size_t module;
};

static void add_loaded(void *context, uint64_t offset, const char *bytes, size_t length)
{
    struct loading *loading = context;
    add_answer(loading->symbols, loading->module, offset, bytes, length);
}

/* How a module is looked for. */
static char *config_of(const struct symbols *symbols, const struct module *module)
{
    const char *dirs = symbols->sources.debug_dirs;
    return pool_format(symbols->pool, "%s\n%s\n%s", module->place.path, dirs ? dirs : "",
                       debuginfod_is_wanted(&symbols->sources) ? "debuginfod" : "");
}

static void load_module(struct symbols *symbols, size_t index)
{
    struct module *module = &symbols->modules.items[index];
    struct loading loading = {symbols, index};
    if (!symbols->cache || !module->place.build_id)
        return;
    module->is_loaded =
        cache_load(symbols->cache, module->place.build_id, config_of(symbols, module),
                   symbols->pool, &module->facts, add_loaded, &loading);
    module->is_known = module->is_loaded;
}

static size_t find_module(struct symbols *symbols, const struct symbol_place *place)
{
    struct text key = {0};
    bool is_new;
    text_format(&key, "%s\n%s", place->path, place->build_id ? place->build_id : "");
    if (!place->build_id)
        text_format(&key, "\n%lld %llu", (long long)place->time_ns,
                    (unsigned long long)place->span);
    size_t *slot = map_add(&symbols->by_name, key.bytes, key.length, &is_new);
    size_t index = is_new ? symbols->modules.count : *slot;
    text_done(&key);
    if (!is_new)
        return index;
    *slot = index;
    struct module module = {.place = *place, .cached = USED_EARLY};
    module.place.path = pool_text(symbols->pool, place->path);
    if (place->build_id)
        module.place.build_id = pool_text(symbols->pool, place->build_id);
    VEC_ADD(&symbols->modules, module);
    load_module(symbols, index);
    return index;
}

/* The reader died of MODULE; the next one reads the others. */
static void bury(struct symbols *symbols, struct module *module)
{
    struct text line = {0};
    text_add(&line, "heapdiff: reading the symbols of ");
    text_add_clean(&line, module->place.path, true);
    text_format(&line, " failed (%s); its functions have no names", reader_fate(symbols->reader));
    fprintf(stderr, "%s\n", line.bytes);
    text_done(&line);
    module->is_killing = true;
    module->is_known = true;
    module->facts = (struct symbol_module){.state = SYMBOLS_UNREADABLE};
    reader_free(symbols->reader);
    symbols->reader = NULL;
    for (size_t i = 0; i < symbols->modules.count; i++)
        symbols->modules.items[i].is_open = false;
}

static bool start_reader(struct symbols *symbols)
{
    if (!symbols->reader && !symbols->cannot_read) {
        symbols->reader = reader_new(reader_child_serve, &symbols->sources);
        symbols->cannot_read = !symbols->reader;
        if (symbols->cannot_read)
            perror("heapdiff: cannot start a process that reads symbols");
    }
    return symbols->reader != NULL;
}

static const char *symbols_keep(struct symbols *symbols, const char *text)
{
    return text ? pool_text(symbols->pool, text) : NULL;
}

/* What the reader found out holds from now on; the cache begins the module anew, unless it has it
 * already. */
static void symbols_learn(struct symbols *symbols, struct module *module,
                          const struct reader_module *found)
{
    module->is_open = true;
    module->is_known = true;
    module->facts = found->facts;
    module->facts.file = symbols_keep(symbols, found->facts.file);
    module->facts.debug_file = symbols_keep(symbols, found->facts.debug_file);
    bool is_kept = symbols->cache && module->place.build_id && module->cached == USED_EARLY &&
                   module->facts.state == SYMBOLS_FOUND;
    if (is_kept && module->is_loaded) {
        module->cached = cache_continue(symbols->cache, module->place.build_id);
    } else if (is_kept) {
        struct cache_module row = {.build_id = module->place.build_id,
                                   .config = config_of(symbols, module),
                                   .looked_at = found->looked_at,
                                   .looked_at_length = found->looked_at_length,
                                   .facts = module->facts};
        module->cached = cache_begin(symbols->cache, &row);
    }
}

static bool open_module(struct symbols *symbols, struct module *module)
{
    struct text reply = {0};
    struct reader_module found;
    if (module->is_open)
        return true;
    if (module->is_killing || !start_reader(symbols))
        return false;
    bool is_open = reader_open(symbols->reader, &module->place, &module->number, &reply, &found);
    if (is_open)
        symbols_learn(symbols, module, &found);
    else
        bury(symbols, module);
    text_done(&reply);
    return is_open;
}

static struct answer *ask_reader(struct symbols *symbols, size_t index, uint64_t offset)
{
    struct module *module = &symbols->modules.items[index];
    struct text reply = {0};
    bool is_partial = false;
    bool done = open_module(symbols, module) && module->facts.state == SYMBOLS_FOUND;
    if (done && !reader_find(symbols->reader, module->number, offset, &reply, &is_partial)) {
        bury(symbols, module);
        done = false;
    }
    module->facts.lacks_split |= is_partial;
    if (done && !is_partial && module->cached != USED_EARLY)
        cache_add(symbols->cache, module->cached, offset, reply.bytes, reply.length);
    struct answer *answer =
        add_answer(symbols, index, offset, reply.bytes, done ? reply.length : 0);
    text_done(&reply);
    return answer;
}

struct symbol_list symbols_find(struct symbols *symbols, const struct symbol_place *place)
{
    uint64_t key[2] = {find_module(symbols, place), place->offset};
    const size_t *slot = map_find(&symbols->places, key, sizeof key);
    struct answer *answer =
        slot ? &symbols->answers.items[*slot] : ask_reader(symbols, key[0], place->offset);
    if (!answer->is_decoded) {
        answer->is_decoded = true;
        answer_decode(answer->bytes, answer->length, symbols->pool, &answer->list);
    }
    return answer->list;
}

struct symbol_module symbols_module(struct symbols *symbols, const struct symbol_place *place)
{
    struct module *module = &symbols->modules.items[find_module(symbols, place)];
    if (!module->is_known && !open_module(symbols, module) && !module->is_killing)
        return (struct symbol_module){.state = SYMBOLS_UNREADABLE};
    return module->facts;
}
