/* alias.h -- Code that a program has mapped a second time from the file of a module.
 *
 * V8 maps its builtins again, close to its JIT code, so that calls are short: those addresses lie
 * in no module of the loader's, but the file behind the mapping says which one is meant.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#ifndef JIT_ALIAS_H
#define JIT_ALIAS_H

#include <stdbool.h>
#include <stdint.h>

#include "kernel/process.h"
#include "tables/modules.h"

/* The module and the address in its ELF file behind an address outside of all modules. */
bool alias_find(const struct process_maps *maps, uintptr_t address, const struct module **module,
                uintptr_t *offset);

#endif
