/* before.h -- What was live before a collection of garbage was asked for.
 *
 * Blocks that wait for a garbage collector are live until it runs. A snapshot that asked for a
 * collection compares with this tally, and so tells what the collection freed.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#ifndef CUT_BEFORE_H
#define CUT_BEFORE_H

#include <stdbool.h>
#include <stdint.h>

struct before_stack {
    double blocks, bytes;
};

/* Counts the live blocks of every stack, while the program runs. Replaces an earlier tally; without
 * memory there is none. Control process only, as the others. */
void before_take(void);

/* Of a stack that had an id then, and live blocks; else NULL. */
const struct before_stack *before_find(uint32_t stack);

bool before_is_known(void);
void before_drop(void);

/* In a forked child, where its memory means nothing. */
void before_forked(void);

#endif
