/* plt.h -- Stubs of the procedure linkage table by the functions that they jump to.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#ifndef ANALYZER_SYMBOLS_PLT_H
#define ANALYZER_SYMBOLS_PLT_H

#include "base/memory.h"

#include <gelf.h>
#include <stdint.h>

struct plt;
/* ELF is borrowed for the life of the table. */
struct plt *plt_new(Elf *elf);
void plt_free(struct plt *plt);

/* "malloc@plt" for an address in a stub, in POOL; NULL for any other address. */
const char *plt_find(const struct plt *plt, uint64_t address, struct pool *pool);

#endif
