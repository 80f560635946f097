/* packages.h -- Packages to install for a module whose functions have no files and lines.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#ifndef ANALYZER_SYMBOLS_PACKAGES_H
#define ANALYZER_SYMBOLS_PACKAGES_H

#include "base/memory.h"
#include "symbols/symbols.h"

/* The way to names and lines for a module, as one sentence in POOL; NULL when there
 * is none. Asks the
 * package manager of this machine. */
const char *packages_advice(const struct symbol_module *module, const struct symbol_place *place,
                            struct pool *pool);

/* The distribution's debuginfod server; NULL when not known. */
const char *packages_debuginfod(void);

#endif
