/* places.c -- Named places in the code of an interpreter, as frames of a stack.
 *
 * One table, by open addressing, for two kinds of keys: those that are made from the texts, whose
 * slot has the text and is the place; and those of the callers, whose slot leads to such a slot.
 * Nothing moves or is deleted.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include "tables/places.h"

#include <stdatomic.h>
#include <string.h>

#include "base/memory.h"

#define SLOTS  (1u << 18)
#define PROBES 64

/* The key goes first, the rest follows: a slot without it is somebody's who is about to. */
struct slot {
    _Atomic uint64_t key;
    _Atomic(const char *) text; /* NULL in a caller's slot */
    _Atomic uint32_t place;     /* number of the slot that has the text, and 1; 0: not yet */
};

static _Atomic(struct slot *) table;
static atomic_uint dropped;

uint32_t places_dropped(void)
{
    return atomic_load(&dropped);
}

const char *places_text(uintptr_t word)
{
    struct slot *slots = atomic_load_explicit(&table, memory_order_acquire);
    uint32_t number = (uint32_t)word;
    return slots && number < SLOTS ? atomic_load_explicit(&slots[number].text, memory_order_acquire)
                                   : NULL;
}

static struct slot *table_get(void)
{
    struct slot *slots = atomic_load_explicit(&table, memory_order_acquire), *none = NULL;
    if (slots)
        return slots;
    slots = memory_map(SLOTS * sizeof *slots);
    if (!slots || atomic_compare_exchange_strong(&table, &none, slots))
        return slots;
    memory_unmap(slots, SLOTS * sizeof *slots);
    return none;
}

/* The key's slot, or the free one where it would stand; NULL: the neighbourhood is full. */
static struct slot *slot_of(struct slot *slots, uint64_t key)
{
    for (unsigned i = 0; i < PROBES; i++) {
        struct slot *slot = &slots[(key + i) % SLOTS];
        uint64_t found = atomic_load_explicit(&slot->key, memory_order_acquire);
        if (!found || found == key)
            return slot;
    }
    return NULL;
}

/* What the key leads to, and 1; 0: nothing. */
static uint32_t find(struct slot *slots, uint64_t key)
{
    struct slot *slot = slots ? slot_of(slots, key) : NULL;
    return slot && atomic_load(&slot->key) == key
               ? atomic_load_explicit(&slot->place, memory_order_acquire)
               : 0;
}

static uintptr_t word_of(uint32_t place)
{
    return place ? PLACES_MARK | (place - 1) : 0;
}

uintptr_t places_find(uint64_t key)
{
    return word_of(find(atomic_load_explicit(&table, memory_order_acquire), key));
}

/* The key's slot, taken if it was free; NULL: there is none. */
static struct slot *take(struct slot *slots, uint64_t key)
{
    for (unsigned turn = 0; turn < PROBES; turn++) {
        struct slot *slot = slot_of(slots, key);
        uint64_t was = 0;
        if (!slot || atomic_compare_exchange_strong(&slot->key, &was, key) || was == key)
            return slot;
    }
    return NULL;
}

static uint64_t key_of_text(const char *text, size_t length)
{
    uint64_t hash = length;
    for (size_t i = 0; i < length; i += 8) {
        uint64_t word = 0;
        memcpy(&word, text + i, length - i < 8 ? length - i : 8);
        hash = stacks_hash_add(hash, word);
    }
    return stacks_hash_end(hash) | 1;
}

static const char *keep(const char *text, size_t length, struct stacks_room *room)
{
    size_t size = (length + 1 + 7) & ~(size_t)7;
    if (room->left < size) {
        char *fresh = size <= STACKS_ROOM_SIZE ? memory_map(STACKS_ROOM_SIZE) : NULL;
        if (!fresh)
            return NULL;
        *room = (struct stacks_room){fresh, STACKS_ROOM_SIZE};
    }
    char *kept = room->next;
    memcpy(kept, text, length + 1);
    room->next += size;
    room->left -= size;
    return kept;
}

/* The place that has the text. Of two threads that bring a text at once, both are right. */
static uint32_t place_of(struct slot *slots, const char *text, struct stacks_room *room)
{
    size_t length = strlen(text);
    uint64_t key = key_of_text(text, length);
    uint32_t place = find(slots, key);
    struct slot *slot = place ? NULL : take(slots, key);
    const char *kept = slot ? keep(text, length, room) : NULL;
    if (!kept)
        return place;
    place = (uint32_t)(slot - slots) + 1;
    atomic_store_explicit(&slot->text, kept, memory_order_release);
    atomic_store_explicit(&slot->place, place, memory_order_release);
    return place;
}

uintptr_t places_add(uint64_t key, const char *text, struct stacks_room *room)
{
    struct slot *slots = table_get();
    uint32_t place = slots ? place_of(slots, text, room) : 0;
    struct slot *slot = place ? take(slots, key) : NULL;
    if (!place)
        atomic_fetch_add(&dropped, 1);
    if (slot)
        atomic_store_explicit(&slot->place, place, memory_order_release);
    return word_of(place);
}
