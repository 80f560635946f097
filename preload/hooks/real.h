/* real.h -- The functions behind our hooks: whatever the program would have called without us.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#ifndef HOOKS_REAL_H
#define HOOKS_REAL_H

#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

#define HOOK(result, name, parameters, arguments) result(*name) parameters;
struct real {
#include "hooks/hooks.def"
};
#undef HOOK

/* Null where the program has no such function. Filled by real_resolve, constant afterwards, but
 * for the C++ operators, which appear when a C program loads its first C++ plug-in. */
extern struct real real;

/* Looks up all of them, once: by the first hook or by the constructor, whichever comes first.
 * Takes no lock and does not allocate. */
void real_first_use(void);

/* Looks up one operator that was null: also in a libstdc++ that was loaded later and privately.
 * Returns null when there is none. */
void *real_resolve_operator(const char *name);

/* Memory for calls that arrive while real_first_use is looking for malloc; never returned. */
void *real_bootstrap_alloc(size_t size, size_t alignment);
extern char real_bootstrap[];
#define REAL_BOOTSTRAP_SIZE 16384
static inline int real_is_bootstrap(const void *block)
{
    return (uintptr_t)block - (uintptr_t)real_bootstrap < REAL_BOOTSTRAP_SIZE;
}

#endif
