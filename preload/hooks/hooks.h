/* hooks.h -- Prototypes of the bodies of hooks.def, and helpers that they share.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#ifndef HOOKS_HOOKS_H
#define HOOKS_HOOKS_H

#include "real/real.h"

#define HOOK_EXPORT  __attribute__((visibility("default")))
#define HOOK_RARE(x) __builtin_expect(!!(x), 0)

/* The functions behind the gate of malloc, calloc and free. */
void *hooks_malloc(size_t size);
void *hooks_calloc(size_t count, size_t size);
void hooks_free(void *block);

/* The assembler knows a body that not everybody may find by another name, which exports.in keeps
 * inside; HOOK_VERSION, in the file of the body, exports it under its version. */
#define HOOK(result, name, parameters, arguments) HOOK_EXPORT result name parameters;
#define HOOK_VARIADIC(result, name, parameters, arguments)                                         \
    HOOK_EXPORT result hooks_##name parameters __asm__(#name);
#define HOOK_EXTRA(version, result, name, parameters, arguments)                                   \
    HOOK_EXPORT result name parameters __asm__("hooks_body_" #name);
#define HOOK_CXX(version, fallback, result, name, parameters, arguments)                           \
    HOOK_EXTRA(version, result, name, parameters, arguments)
#define HOOK_VERSION(version, name) __asm__(".symver hooks_body_" #name ", " #name "@" #version);
#include "real/hooks.def"

#endif
