/* scripts.c -- Source maps of code that a loader compiled in memory; see scripts.h.
 *
 * They lie one after the other in pieces of mapped memory, which stay.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include "runtime/scripts.h"

#include <stdatomic.h>
#include <stdbool.h>
#include <string.h>

#include "base/lock.h"
#include "base/memory.h"

#define PIECE ((size_t)256 << 10)

struct script {
    struct script *_Atomic next;
    size_t file_length, map_length;
    char texts[]; /* the file, a zero byte, the map, a zero byte */
};

static struct lock lock; /* held by those that add */
static struct script *_Atomic first, *last;
static char *room; /* of the piece that is being filled */
static size_t room_left, bytes;

static bool has_script(const char *file, size_t length)
{
    for (const struct script *script = first; script; script = script->next)
        if (script->file_length == length && memcmp(script->texts, file, length) == 0)
            return true;
    return false;
}

static struct script *make_room(size_t size)
{
    size = (size + _Alignof(struct script) - 1) & ~(_Alignof(struct script) - 1);
    if (bytes + size > SCRIPTS_BYTES_MAX)
        return NULL;
    if (room_left < size) {
        size_t piece = size > PIECE ? size : PIECE;
        char *mapped = memory_map(piece);
        if (!mapped)
            return NULL;
        room = mapped;
        room_left = piece;
    }
    struct script *script = (struct script *)(void *)room;
    room += size;
    room_left -= size;
    bytes += size;
    return script;
}

static void scripts_append(const char *file, size_t file_length, const char *map, size_t map_length)
{
    struct script *script = make_room(sizeof *script + file_length + map_length + 2);
    if (!script)
        return;
    script->file_length = file_length;
    script->map_length = map_length;
    memcpy(script->texts, file, file_length);
    memcpy(script->texts + file_length + 1, map, map_length);
    if (last)
        last->next = script;
    else
        first = script;
    last = script;
}

void scripts_add(const char *file, size_t file_length, const char *map, size_t map_length)
{
    if (!file_length || file_length > SCRIPTS_MAP_MAX || map_length > SCRIPTS_MAP_MAX ||
        !lock_take(&lock))
        return;
    if (!has_script(file, file_length))
        scripts_append(file, file_length, map, map_length);
    lock_give(&lock);
}

void scripts_each(void (*visit)(const char *file, const char *map, void *context), void *context)
{
    for (const struct script *script = first; script; script = script->next)
        visit(script->texts, script->texts + script->file_length + 1, context);
}

void scripts_forked(void)
{
    lock = (struct lock){0};
}
