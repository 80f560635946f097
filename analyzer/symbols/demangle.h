/* demangle.h -- C++ and Rust names as people write them.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#ifndef ANALYZER_SYMBOLS_DEMANGLE_H
#define ANALYZER_SYMBOLS_DEMANGLE_H

#include "base/memory.h"

/* The name in words, without parameters, or NAME itself when it is not mangled; in POOL. */
const char *demangle_name(const char *name, struct pool *pool);

#endif
