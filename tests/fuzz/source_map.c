/* source_map.c -- Any bytes as built JavaScript, its source map, and URLs in both: read without
 * harm.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include "symbols/source_map.h"

#include "fuzz.h"

#include <stdlib.h>
#include <string.h>

#include "symbols/built_code.h"
#include "symbols/map_url.h"

#define LINES   6
#define COLUMNS 40

static void try_map(const char *bytes, size_t size)
{
    struct source_map *map = source_map_parse(bytes, size);
    struct source_map_place place;
    for (int line = -1; map && line < LINES; line++) {
        if (source_map_find_line(map, line, &place) && (!place.source || place.line < 0))
            abort();
        for (int column = -1; column < COLUMNS; column++) {
            bool found = source_map_find(map, line, column, &place);
            if (found && (!place.source || place.line < 1 || place.column < 1 ||
                          place.built_column < 1 || place.built_column > column))
                abort();
        }
    }
    source_map_free(map);
}

static void try_code(const char *bytes, size_t size, struct pool *pool)
{
    struct text text = {0};
    text_add_n(&text, bytes, size);
    struct built_code code = built_code_of(&text);
    built_code_map_url(&code, pool);
    for (int line = 0; line < LINES; line++) {
        if (built_code_definition_column(&code, line, "a") < 0)
            abort();
        for (int column = 0; column < COLUMNS; column++) {
            int name = built_code_name_column(&code, line, column, "a");
            if (name < 0 || name > column)
                abort();
        }
    }
    built_code_done(&code);
}

static void try_url(const char *bytes, struct pool *pool)
{
    struct text text = {0};
    map_url_decode(bytes, &text);
    text_done(&text);
    const char *path = map_url_path(bytes, "/srv/dist/", pool);
    if (path && path[0] != '/')
        abort();
    if (!map_url_source(bytes, "/srv/dist/", pool))
        abort();
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size)
{
    struct pool *pool = pool_new();
    char *text = pool_text_n(pool, (const char *)bytes, size); /* with a zero byte at its end */
    try_map(text, size);
    try_code(text, size, pool);
    try_url(text, pool);
    pool_free(pool);
    return 0;
}
