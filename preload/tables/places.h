/* places.h -- Named places in the code of an interpreter, as frames of a stack.
 *
 * The address of a frame of interpreted code means nothing later, so its name is read when it is
 * first seen, and kept. In a stack it is a word that is no address.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#ifndef TABLES_PLACES_H
#define TABLES_PLACES_H

#include <stdbool.h>
#include <stdint.h>

#include "tables/stacks.h"

#define PLACES_MARK ((uint64_t)0x48445059 << 32) /* and a number: not canonical on any machine */

/* Is the word of a stack a place? */
static inline bool places_is(uintptr_t word)
{
    return (word & ~(uint64_t)UINT32_MAX) == PLACES_MARK;
}

/* The text of such a word; never freed. A word may have come from a broken stack: NULL then. */
const char *places_text(uintptr_t word);

/* The place under a key, which is never 0; 0: it has none yet. Lock-free. */
uintptr_t places_find(uint64_t key);

/* Gives the key a text. Keys with the same text share a place, so that stacks through them have
 * frames in common. 0 when there is no room for the text. Lock-free; the texts come from ROOM. */
uintptr_t places_add(uint64_t key, const char *text, struct stacks_room *room);

/* The place of a text that has no key; it need not end with a zero. Otherwise as places_add. */
uintptr_t places_intern(const char *text, size_t length, struct stacks_room *room);

/* Places that found no room. */
uint32_t places_dropped(void);

#endif
