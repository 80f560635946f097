/* aliases.h -- Code that the program has mapped from a file by itself, at an address it chose.
 *
 * V8 maps its builtins a second time, close to its JIT code, and unmaps them before it ends: stacks
 * seen meanwhile would have frames without names. The mappings are remembered for ever; there are
 * one or two.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#ifndef TABLES_ALIASES_H
#define TABLES_ALIASES_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

struct alias {
    uintptr_t start, end;
    uint64_t offset; /* in the file, of start */
    dev_t device;
    ino_t inode;
};

#define ALIASES_MOST 64 /* later ones are not remembered */

/* Lock-free, keeps errno. */
void aliases_note(uintptr_t start, size_t size, int fd, uint64_t offset);

/* The last mapping made over the address; false when there is none. */
bool aliases_find(uintptr_t address, struct alias *alias);

#endif
