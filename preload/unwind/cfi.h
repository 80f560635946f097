/* cfi.h -- Reads a module's call frame information: one row for one address.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#ifndef UNWIND_CFI_H
#define UNWIND_CFI_H

#include <stdbool.h>
#include <stdint.h>

#include "tables/modules.h"

enum cfi_result {
    CFI_ROW,     /* *row is filled in */
    CFI_END,     /* the return address is undefined: the outermost frame */
    CFI_COMPLEX, /* there is information, but it takes more than a row to follow it */
    CFI_MISSING, /* nothing is known about the address */
};

/* x86-64: the return address is just below the CFA. */
struct cfi_row {
    bool from_bp;         /* CFA = rbp + cfa_offset, else rsp + cfa_offset */
    uintptr_t cfa_offset; /* a multiple of 8, below 256 KiB */
    uintptr_t saved_bp;   /* the caller's rbp is at CFA - saved_bp; 0: it is unchanged */
};

/* Takes no lock. is_safe: the module stays while we look; if not, it is read through the kernel,
 * and CFI_MISSING or CFI_COMPLEX is the answer where it has gone. */
enum cfi_result cfi_find(const struct module *module, uintptr_t address, bool is_safe,
                         struct cfi_row *row);

#endif
