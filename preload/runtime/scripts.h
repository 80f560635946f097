/* scripts.h -- Source maps of code that a loader compiled in memory.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#ifndef RUNTIME_SCRIPTS_H
#define RUNTIME_SCRIPTS_H

#include <stddef.h>

#define SCRIPTS_MAP_MAX   ((size_t)4 << 20)  /* bytes of one map */
#define SCRIPTS_BYTES_MAX ((size_t)32 << 20) /* of all */

/* Keeps the map of FILE; both texts are copied, without their LENGTHs' zero bytes. A file keeps its
 * first map; what is too large is left out. Any thread. */
void scripts_add(const char *file, size_t file_length, const char *map, size_t map_length);

/* Calls visit for each map, in the order in which they came. Control process only. */
void scripts_each(void (*visit)(const char *file, const char *map, void *context), void *context);

/* In a forked child. */
void scripts_forked(void);

#endif
