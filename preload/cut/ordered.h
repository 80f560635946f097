/* ordered.h -- The live blocks by strictly rising address.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#ifndef CUT_ORDERED_H
#define CUT_ORDERED_H

#include "tables/blocks.h"

/* As blocks_each, but each address comes once, even if its block was freed and another one was
 * allocated there meanwhile. */
void ordered_each(void (*visit)(const struct block *block, void *context), void *context);

#endif
