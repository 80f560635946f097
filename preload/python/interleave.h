/* interleave.h -- One stack of native and Python frames.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#ifndef PYTHON_INTERLEAVE_H
#define PYTHON_INTERLEAVE_H

#include <stdbool.h>
#include <stdint.h>

#include "python/chain.h"
#include "tables/stacks.h"
#include "unwind/unwind.h"

/* For a stack that is new: the names of its Python frames are read if they are not known. Both have
 * just been taken. */
struct interleave {
    const struct unwind *unwind;
    struct chain *chain;
    struct stacks_room *room; /* for names */
    uintptr_t *words;         /* the result, leaf first: return addresses and places */
    unsigned limit;           /* of them */
    unsigned count;
    bool cut; /* there were more */
};

void interleave(struct interleave *stack);

#endif
