/* places.c -- Named places in the code of an interpreter, as frames of a stack.
 *
 * Places are numbered as they come; a directory leads from the number to the text. The index from
 * keys to numbers is a row of open-addressed tables, each four times as big as the one before, as
 * in stacks.c. It has two kinds of keys: those of the callers, and those that are made from the
 * texts. Nothing moves or is deleted.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include "tables/places.h"

#include <stdatomic.h>
#include <string.h>

#include "base/memory.h"

#define FIRST_BITS        12
#define LEVELS            5
#define LEVEL_SIZE(level) ((size_t)1 << (FIRST_BITS + 2 * (level)))
#define MOST              (1u << 18) /* places */
#define PROBES            64

/* The key goes first: an entry without a place belongs to a thread that is about to give it one. */
struct entry {
    _Atomic uint64_t key;
    _Atomic uint32_t place; /* its number and 1 */
};

typedef _Atomic(const char *) text_place;

static _Atomic(struct entry *) levels[LEVELS];
static atomic_uint level_used[LEVELS];
static atomic_int newest;
static _Atomic(text_place *) texts;
static atomic_uint count, dropped;

uint32_t places_dropped(void)
{
    return atomic_load(&dropped);
}

const char *places_text(uintptr_t word)
{
    text_place *directory = atomic_load_explicit(&texts, memory_order_acquire);
    uint32_t number = (uint32_t)word;
    return directory && number < MOST
               ? atomic_load_explicit(&directory[number], memory_order_acquire)
               : NULL;
}

/* ---- the index ------------------------------------------------------------------------------- */

static struct entry *level_get(int level)
{
    return atomic_load_explicit(&levels[level], memory_order_acquire);
}

static struct entry *level_make(int level)
{
    size_t size = LEVEL_SIZE(level) * sizeof(struct entry);
    struct entry *fresh = memory_map(size), *none = NULL;
    if (!fresh || atomic_compare_exchange_strong(&levels[level], &none, fresh))
        return fresh;
    memory_unmap(fresh, size);
    return none;
}

/* The key's place in one table, or 0. */
static uint32_t find_in(struct entry *table, int level, uint64_t key)
{
    for (unsigned i = 0; i < PROBES; i++) {
        struct entry *entry = &table[(key + i) % LEVEL_SIZE(level)];
        uint64_t found = atomic_load_explicit(&entry->key, memory_order_acquire);
        if (found == key)
            return atomic_load_explicit(&entry->place, memory_order_acquire);
        if (!found)
            return 0;
    }
    return 0;
}

static uint32_t places_by_key(uint64_t key)
{
    uint32_t place = 0;
    for (int level = atomic_load(&newest); level >= 0 && !place; level--) {
        struct entry *table = level_get(level);
        place = table ? find_in(table, level, key) : 0;
    }
    return place;
}

static bool put_in(struct entry *table, int level, uint64_t key, uint32_t place)
{
    for (unsigned i = 0; i < PROBES; i++) {
        struct entry *entry = &table[(key + i) % LEVEL_SIZE(level)];
        uint64_t was = 0;
        if (!atomic_compare_exchange_strong(&entry->key, &was, key) && was != key)
            continue;
        atomic_store_explicit(&entry->place, place, memory_order_release);
        return true;
    }
    return false;
}

/* Puts the key into the newest table and begins the next one when that is half full. A key that
 * finds no room is asked for again whenever a stack is new. */
static void places_put(uint64_t key, uint32_t place)
{
    for (int level = atomic_load(&newest); level < LEVELS; level++) {
        struct entry *table = level_get(level);
        if (!table && !(table = level_make(level)))
            return;
        unsigned used = atomic_fetch_add_explicit(&level_used[level], 1, memory_order_relaxed);
        if (used < LEVEL_SIZE(level) / 2 && put_in(table, level, key, place))
            return;
        int old = level;
        atomic_compare_exchange_strong(&newest, &old, level + 1 < LEVELS ? level + 1 : level);
    }
}

static uintptr_t word_of(uint32_t place)
{
    return place ? PLACES_MARK | (place - 1) : 0;
}

uintptr_t places_find(uint64_t key)
{
    return word_of(places_by_key(key));
}

/* ---- texts ----------------------------------------------------------------------------------- */

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

static const char *places_keep(const char *text, size_t length, struct stacks_room *room)
{
    size_t size = (length + 1 + 7) & ~(size_t)7;
    if (room->left < size) {
        char *fresh = size <= STACKS_ROOM_SIZE ? memory_map(STACKS_ROOM_SIZE) : NULL;
        if (!fresh)
            return NULL;
        *room = (struct stacks_room){fresh, STACKS_ROOM_SIZE};
    }
    char *kept = room->next; /* zeroed */
    memcpy(kept, text, length);
    room->next += size;
    room->left -= size;
    return kept;
}

static text_place *directory_get(void)
{
    text_place *directory = atomic_load_explicit(&texts, memory_order_acquire), *none = NULL;
    if (directory)
        return directory;
    directory = memory_map(MOST * sizeof *directory);
    if (!directory || atomic_compare_exchange_strong(&texts, &none, directory))
        return directory;
    memory_unmap(directory, MOST * sizeof *directory);
    return none;
}

/* A new place, and 1; 0: no room. */
static uint32_t places_make(const char *text, size_t length, struct stacks_room *room)
{
    text_place *directory = directory_get();
    const char *kept = directory ? places_keep(text, length, room) : NULL;
    uint32_t number = kept && atomic_load(&count) < MOST ? atomic_fetch_add(&count, 1) : MOST;
    if (number >= MOST) {
        atomic_fetch_add(&dropped, 1);
        return 0;
    }
    atomic_store_explicit(&directory[number], kept, memory_order_release);
    return number + 1;
}

uintptr_t places_intern(const char *text, size_t length, struct stacks_room *room)
{
    uint64_t key = key_of_text(text, length);
    uint32_t place = places_by_key(key);
    if (!place && (place = places_make(text, length, room)))
        places_put(key, place); /* of two threads that bring a text at once, both are right */
    return word_of(place);
}

uintptr_t places_add(uint64_t key, const char *text, struct stacks_room *room)
{
    uintptr_t place = places_intern(text, strlen(text), room);
    if (place)
        places_put(key, (uint32_t)place + 1);
    return place;
}
