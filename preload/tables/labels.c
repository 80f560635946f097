/* labels.c -- Interned labels: the parts of its work that the program names.
 *
 * An open-addressed table of texts; a label's number is its place. It is never more than half full,
 * so searches are short. A place is taken once and for ever, by one exchange.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include "tables/labels.h"

#include <stdatomic.h>
#include <string.h>

#include "base/utf8.h"

#define PLACES (LABELS_MORE - 1) /* 1 … PLACES are numbers of labels */

static _Atomic(const char *) texts[PLACES + 1];
static atomic_uint count;
static atomic_uint_fast64_t dropped;

/* FNV-1a (Fowler, Noll, Vo; public domain). */
static uint64_t hash_of(const char *text, size_t length)
{
    uint64_t hash = 0xcbf29ce484222325ull;
    for (size_t i = 0; i < length; i++)
        hash = (hash ^ (unsigned char)text[i]) * 0x100000001b3ull;
    return stacks_hash_end(hash);
}

/* The length of the part that is kept: whole UTF-8 characters. */
static size_t length_of(const char *text)
{
    size_t length = strnlen(text, LABELS_TEXT_SIZE);
    return length < LABELS_TEXT_SIZE ? length : utf8_cut(text, LABELS_TEXT_SIZE - 1);
}

static const char *labels_copy(const char *text, size_t length, struct stacks_room *room)
{
    size_t size = (length + 1 + 7) & ~(size_t)7;
    char *copied = stacks_room_take(room, size);
    if (copied)
        memcpy(copied, text, length); /* fresh memory: the zero is there */
    return copied;
}

/* Takes the place for the text. Returns the text that is there afterwards, which may be another
 * thread's. */
static const char *labels_take(uint16_t place, const char *text, size_t length,
                               struct stacks_room *room)
{
    const char *none = NULL, *own = NULL;
    if (atomic_load_explicit(&count, memory_order_relaxed) < LABELS_MOST)
        own = labels_copy(text, length, room);
    if (!own)
        return NULL;
    if (!atomic_compare_exchange_strong(&texts[place], &none, own))
        return none; /* own is lost: some bytes, once */
    atomic_fetch_add_explicit(&count, 1, memory_order_relaxed);
    return own;
}

uint16_t labels_intern(const char *text, struct stacks_room *room)
{
    size_t length = length_of(text);
    uint16_t place = (uint16_t)(hash_of(text, length) % PLACES + 1);
    for (;; place = place < PLACES ? (uint16_t)(place + 1) : 1) {
        const char *known = atomic_load_explicit(&texts[place], memory_order_acquire);
        if (!known)
            known = labels_take(place, text, length, room);
        if (!known)
            break;
        if (strncmp(known, text, length) == 0 && !known[length])
            return place;
    }
    atomic_fetch_add_explicit(&dropped, 1, memory_order_relaxed);
    return LABELS_MORE;
}

const char *labels_text(uint16_t label)
{
    if (label == LABELS_MORE)
        return "(more labels)";
    return label ? atomic_load_explicit(&texts[label], memory_order_acquire) : NULL;
}

uint64_t labels_dropped(void)
{
    return atomic_load_explicit(&dropped, memory_order_relaxed);
}
