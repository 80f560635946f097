/* source_map.h -- A source map: from built JavaScript back to what people wrote.
 *
 * Format: ECMA-426 (version 3), with the sections of index maps.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#ifndef ANALYZER_SYMBOLS_SOURCE_MAP_H
#define ANALYZER_SYMBOLS_SOURCE_MAP_H

#include <stdbool.h>
#include <stddef.h>

struct source_map;

/* Reads LENGTH bytes of JSON, which may be hostile; they end with a zero byte. NULL: no source map,
 * or one that is beyond all bounds. */
struct source_map *source_map_parse(const char *json, size_t length);
void source_map_free(struct source_map *map);

/* What is known of a place. Texts live as long as the map, and are as strange as their source. */
struct source_map_place {
    const char *source; /* as the map names it, below its sourceRoot */
    const char *name;   /* of the identifier there; NULL: none */
    int line, column;   /* from 1 on */
    int built_column;   /* where the segment begins in the built line, from 1 on */
};

/* The original of LINE and COLUMN of the built file, from 1 on. False when the map does not say. */
bool source_map_find(const struct source_map *map, int line, int column,
                     struct source_map_place *place);

/* The same for LINE as a whole, if all of it is of one source: without column and name, and with
 * line 0 if it is of several lines. */
bool source_map_find_line(const struct source_map *map, int line, struct source_map_place *place);

#endif
