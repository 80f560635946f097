/* calls.h -- The function that a call instruction calls, by the code before its return address.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#ifndef ANALYZER_SYMBOLS_CALLS_H
#define ANALYZER_SYMBOLS_CALLS_H

#include <gelf.h>
#include <stdbool.h>
#include <stdint.h>

/* The target of the direct call that ends at RETURN_ADDRESS, both as in the file; false when the
 * file does not say for certain that there is one. */
bool calls_find(Elf *elf, uint64_t return_address, uint64_t *target);

#endif
