/* source_maps.h -- Source maps of built files, found when they are needed.
 *
 * A map is beside the code (`//# sourceMappingURL=FILE`, or FILE.map), in it (a data: URL), or in
 * the snapshot, where a loader compiled the code in memory.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#ifndef ANALYZER_SYMBOLS_SOURCE_MAPS_H
#define ANALYZER_SYMBOLS_SOURCE_MAPS_H

#include "symbols/symbols.h"

struct source_maps;
struct source_maps *source_maps_new(void);
void source_maps_free(struct source_maps *maps);

/* JSON is the map of the code that ran as FILE; it goes before what lies on disk. */
void source_maps_add(struct source_maps *maps, const char *file, const char *json);

/* BUILT with the original's file, line and column, and its function's name where the map has it.
 * False when no map says. Code on disk that changed after TIME_NS is not trusted; with TIME_NS 0,
 * when it may be of another machine, only where its text has the function's name at the place.
 * Texts live as long as MAPS. */
bool source_maps_find(struct source_maps *maps, const struct symbol *built, int64_t time_ns,
                      struct symbol *original);

#endif
