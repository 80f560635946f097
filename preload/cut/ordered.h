/* ordered.h -- The live blocks by strictly rising address.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#ifndef CUT_ORDERED_H
#define CUT_ORDERED_H

#include "tables/blocks.h"

/* As blocks_each; a block that is seen twice because it was freed and another one was born at its
 * address meanwhile comes once. */
void ordered_each(void (*visit)(const struct block *block, void *context), void *context);

#endif
