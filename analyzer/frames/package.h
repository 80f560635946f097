/* package.h -- The installed package that a file belongs to.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#ifndef ANALYZER_FRAMES_PACKAGE_H
#define ANALYZER_FRAMES_PACKAGE_H

#include "base/memory.h"

#include <stdbool.h>

/* Where PATH names a package (node_modules/NAME, site-packages/NAME, a Rust crate, a Go module, a
 * gem): the rest of PATH, which begins with the name. *LENGTH is the name's. NULL: no package. */
const char *package_find(const char *path, size_t *length);

/* The name as people write it: without ".libs", ".py" or ".so". In POOL. */
const char *package_name(const char *path, struct pool *pool);

/* Of a method "org.example.web.Server.run": "org.example.web". Names do not tell the jar. */
const char *package_of_method(const char *method, struct pool *pool);

/* Whether MODULE is a part of the C or C++ language, which every program has. */
bool package_is_language(const char *module);

#endif
