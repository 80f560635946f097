/* early_calls.h -- What early.c calls and no header of C declares.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#ifndef TESTS_PRELOAD_HOOKS_EARLY_CALLS_H
#define TESTS_PRELOAD_HOOKS_EARLY_CALLS_H

#include <dlfcn.h>
#include <malloc.h>
#include <stddef.h>

#define EARLY_STATUS 7 /* of _exit */

/* Weak: the process may lack them. */
#define HOOK(result, name, parameters, arguments)
#define HOOK_EXTRA(version, result, name, parameters, arguments)                                   \
    extern result name parameters __attribute__((weak));
#define HOOK_CXX(version, fallback, result, name, parameters, arguments)                           \
    extern result name parameters __attribute__((weak));
#include "real/hooks.def"

int early_is_here(void);

#endif
