/* hooks.h -- Prototypes of our own bodies of the functions in hooks.def, and what they share.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#ifndef HOOKS_HOOKS_H
#define HOOKS_HOOKS_H

#include "hooks/real.h"

#define HOOK_EXPORT  __attribute__((visibility("default")))
#define HOOK_RARE(x) __builtin_expect(!!(x), 0)

/* True while the real function is not known: before, and during, the first look-up. */
#define HOOK_MISSING(name) (HOOK_RARE(!real.name) && (real_first_use(), !real.name))

/* What is behind the gate of malloc, calloc and free. */
void *hooks_malloc(size_t size);
void *hooks_calloc(size_t count, size_t size);
void hooks_free(void *block);

#define HOOK(result, name, parameters, arguments) HOOK_EXPORT result name parameters;
#include "hooks/hooks.def"
#undef HOOK

#endif
