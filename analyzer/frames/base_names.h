/* base_names.h -- Names of files without their folders, and which of them several files share.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#ifndef ANALYZER_FRAMES_BASE_NAMES_H
#define ANALYZER_FRAMES_BASE_NAMES_H

#include "base/map.h"
#include "base/memory.h"

#include <stdbool.h>

/* Files of one base name. */
struct base_name {
    VEC(const char *) paths;
};

/* Zero-initialise it. */
struct base_names {
    struct map files, bases; /* paths; base names → index into … */
    VEC(struct base_name) list;
    struct pool *pool;
};

void base_names_done(struct base_names *names);
void base_names_add(struct base_names *names, const char *path);

/* The end of PATH, with the fewest folders that tell it from all other files. NAMES may be NULL. */
const char *base_names_shortest(const struct base_names *names, const char *path);

#endif
