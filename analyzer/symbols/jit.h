/* jit.h -- Names of JIT code, as runtimes write them into a perf map.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#ifndef ANALYZER_SYMBOLS_JIT_H
#define ANALYZER_SYMBOLS_JIT_H

#include "base/memory.h"
#include "symbols/symbols.h"

/* Parses a name of V8 (`JS:*fn file:line:column`), the JVM, .NET, CPython or another runtime; a
 * form that is not known is kept as it is. The tier of compilation is left out, so that one
 * function has one name. In POOL.
 */
struct symbol jit_parse(const char *name, struct pool *pool);

/* Whether a compiler made code of this name that inlines functions and leaves no trace of them in
 * stacks: V8's Maglev and TurboFan, the JVM's compilers. False for names that do not show it. */
bool jit_may_inline(const char *name);

/* Whether V8 named the code as a function of a script. */
bool jit_is_javascript(const char *name);

#endif
