/* buffers.h -- Which functions hand out off-heap buffers: blocks that a managed runtime owns.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#ifndef TABLES_BUFFERS_H
#define TABLES_BUFFERS_H

#include <stdbool.h>

#include "tables/modules.h"
#include "tables/stacks.h"

/* Looks for them in a module that is loaded and stays meanwhile; constructor only. */
void buffers_learn(const struct module *module);

/* Does one of them stand near the leaf of the stack? */
bool buffers_match(const struct stack *stack);

#endif
