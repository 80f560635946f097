/* probe.h -- Reading memory that may not be there: of a module that is just being unloaded.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#ifndef BASE_PROBE_H
#define BASE_PROBE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* True if the eight bytes at the aligned address can be read. One system call; keeps errno. */
bool probe_readable(const void *address);

/* Copies size bytes of the process's own memory. False when not all of them could be read; the
 * contents of `to` are then undefined. One system call; keeps errno. */
bool probe_copy(void *to, uintptr_t from, size_t size);

#endif
