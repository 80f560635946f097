/* shared.h -- Blocks that no one function of the program asks for: pools, and a compiler's scratch.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#ifndef ANALYZER_FRAMES_SHARED_H
#define ANALYZER_FRAMES_SHARED_H

#include "frames/frames.h"

/* What the stack of a block shows for certain: a pool takes the block, and the function that
 * happened to empty the pool is innocent; or a compiler takes it for one piece of work. */
enum rules_shared shared_of(struct frames *frames, const struct store_stack *stack);

/* The frame that names the site of all such blocks. */
struct frame shared_frame(enum rules_shared shared);

/* Advice in a sentence; NULL: none. */
const char *shared_advice(enum rules_shared shared);

/* Whether such a block is a slab of a pool: `pool-slab`, the kind in JSON. */
bool shared_is_slab(enum rules_shared shared);

/* Whether the blocks go when a compiler's work is done, or with the pages of a managed heap: they
 * are never the cause, however many there are now. */
bool shared_is_scratch(enum rules_shared shared);

#endif
