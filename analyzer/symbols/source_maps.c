/* source_maps.c -- Source maps of built files, found when they are needed.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include "symbols/source_maps.h"

#include "base/map.h"
#include "base/memory.h"
#include "base/text.h"
#include "symbols/built_code.h"
#include "symbols/debugfiles.h"
#include "symbols/map_url.h"
#include "symbols/source_map.h"

#include <ctype.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define MOST_BYTES ((size_t)64 << 20) /* of a file */
#define MOST_FILES 4096

/* What is known of one built file. */
struct built {
    struct built_code code; /* empty when it was in memory only */
    struct source_map *map; /* NULL: none */
    const char *folder;     /* of the map; its sources are seen from there */
    int64_t changed_ns;
    bool is_stored; /* the map was in the snapshot */
};

struct source_maps {
    struct map index;
    VEC(struct built) files;
    struct pool *pool;
};

struct source_maps *source_maps_new(void)
{
    struct source_maps *maps = memory_zeroed(1, sizeof *maps);
    maps->pool = pool_new();
    return maps;
}

void source_maps_free(struct source_maps *maps)
{
    if (!maps)
        return;
    for (size_t i = 0; i < maps->files.count; i++) {
        source_map_free(maps->files.items[i].map);
        built_code_done(&maps->files.items[i].code);
    }
    VEC_DONE(&maps->files);
    map_done(&maps->index);
    pool_free(maps->pool);
    free(maps);
}

/* A regular file as a whole; false when it is none, or too large. */
static bool read_whole(const char *path, struct text *text, int64_t *changed_ns)
{
    struct stat status;
    char buffer[65536];
    ssize_t length = 0;
    int fd = debugfiles_open(path);
    if (fd < 0)
        return false;
    if (fstat(fd, &status) == 0 && status.st_size <= (off_t)MOST_BYTES) {
        *changed_ns = status.st_mtim.tv_sec * INT64_C(1000000000) + status.st_mtim.tv_nsec;
        while (text->length <= MOST_BYTES && (length = read(fd, buffer, sizeof buffer)) > 0)
            text_add_n(text, buffer, (size_t)length);
    }
    close(fd);
    return length == 0 && text->length > 0 && text->length <= MOST_BYTES;
}

static const char *folder_of(struct source_maps *maps, const char *path)
{
    return pool_text_n(maps->pool, path, (size_t)(text_base_name(path) - path));
}

static void read_map_file(struct source_maps *maps, struct built *built, const char *path)
{
    struct text json = {0};
    int64_t changed_ns;
    if (read_whole(path, &json, &changed_ns))
        built->map = source_map_parse(json.bytes, json.length);
    built->folder = folder_of(maps, path);
    text_done(&json);
}

/* The map that URL, written in the code of FILE, leads to. Nothing is fetched from a network. */
static void read_map(struct source_maps *maps, struct built *built, const char *file,
                     const char *url)
{
    struct text json = {0};
    built->folder = folder_of(maps, file);
    if (map_url_is_data(url)) {
        if (map_url_decode(url, &json))
            built->map = source_map_parse(json.bytes, json.length);
        text_done(&json);
        return;
    }
    const char *path = map_url_path(url, built->folder, maps->pool);
    if (path)
        read_map_file(maps, built, path);
}

static struct built read_built(struct source_maps *maps, const char *file)
{
    struct built built = {0};
    struct text bytes = {0};
    if (file[0] != '/' || !read_whole(file, &bytes, &built.changed_ns)) {
        text_done(&bytes);
        return built;
    }
    built.code = built_code_of(&bytes);
    const char *url = built_code_map_url(&built.code, maps->pool);
    read_map(maps, &built, file,
             url ? url : pool_format(maps->pool, "%s.map", text_base_name(file)));
    return built;
}

static struct built *find_built(struct source_maps *maps, const char *file)
{
    bool is_new;
    size_t *slot = map_find(&maps->index, file, strlen(file));
    if (!slot && maps->files.count >= MOST_FILES)
        return NULL;
    slot = map_add(&maps->index, file, strlen(file), &is_new);
    if (is_new) {
        struct built built = read_built(maps, file);
        *slot = maps->files.count;
        VEC_ADD(&maps->files, built);
    }
    return &maps->files.items[*slot];
}

void source_maps_add(struct source_maps *maps, const char *file, const char *json)
{
    bool is_new;
    struct built built = {.is_stored = true, .folder = folder_of(maps, file)};
    if (maps->files.count >= MOST_FILES)
        return;
    size_t *slot = map_add(&maps->index, file, strlen(file), &is_new);
    if (!is_new)
        return;
    built.map = source_map_parse(json, strlen(json));
    *slot = maps->files.count;
    VEC_ADD(&maps->files, built);
}

/* Where the function's name stands in the built code, if that is what ran; 0 when it does not. */
static int find_name(const struct built *built, const struct symbol *symbol)
{
    if (built->is_stored)
        return 0;
    if (symbol->column <= 0) /* V8 before 10.5 gives lines only */
        return built_code_definition_column(&built->code, symbol->line, symbol->function);
    return built_code_name_column(&built->code, symbol->line, symbol->column, symbol->function);
}

/* Without a column the line may do. */
static bool find_place(const struct built *built, const struct symbol *symbol,
                       struct source_map_place *place)
{
    return symbol->column > 0 ? source_map_find(built->map, symbol->line, symbol->column, place)
                              : source_map_find_line(built->map, symbol->line, place);
}

static struct symbol make_original(struct source_maps *maps, const struct built *built,
                                   const struct symbol *symbol,
                                   const struct source_map_place *place)
{
    return (struct symbol){.function = symbol->function,
                           .file = map_url_source(place->source, built->folder, maps->pool),
                           .line = place->line,
                           .column = place->column};
}

bool source_maps_find(struct source_maps *maps, const struct symbol *symbol, int64_t time_ns,
                      struct symbol *original)
{
    struct source_map_place place, name;
    const struct built *built =
        symbol->file && symbol->line > 0 ? find_built(maps, symbol->file) : NULL;
    if (!built || !built->map)
        return false;
    int column = find_name(built, symbol);
    bool has_name = column > 0 && source_map_find(built->map, symbol->line, column, &name) &&
                    name.built_column == column;
    bool is_trusted = built->is_stored || (time_ns > 0 ? built->changed_ns <= time_ns : column > 0);
    if (!is_trusted || (!has_name && !find_place(built, symbol, &place)))
        return false;
    *original = make_original(maps, built, symbol, has_name ? &name : &place);
    if (has_name && name.name && *name.name)
        original->function = name.name;
    return true;
}
