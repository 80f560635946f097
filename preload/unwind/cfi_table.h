/* cfi_table.h -- Finding the frame description of an address; reading a module that may go.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#ifndef UNWIND_CFI_TABLE_H
#define UNWIND_CFI_TABLE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "tables/modules.h"

/* DW_EH_PE_*: how pointers are written */
#define PE_SDATA4  0x0b
#define PE_PCREL   0x10
#define PE_DATAREL 0x30
#define PE_OMIT    0xff

/* A module, and how it may be read. */
struct cfi_source {
    const struct module *module;
    bool is_safe; /* it cannot go while we look */
};

/* The bytes from the address to the end of its segment in the file; 0: it lies in none that can be
 * read. */
size_t cfi_table_room(const struct cfi_source *source, uintptr_t at);

/* Copies from within that room. False: the module has gone. */
bool cfi_table_copy(const struct cfi_source *source, void *to, uintptr_t from, size_t size);

/* The FDE that the table gives for the address, which it may end before; 0 for none. *unknown: the
 * table is not one that we can read. */
uintptr_t cfi_table_find(const struct cfi_source *source, uintptr_t address, bool *unknown);

#endif
