/* connection_arena.c -- An arena a connection; an upgraded connection's arena is never reset.
 *
 * All memory comes from arena_alloc, whoever asks: who asked stands in the stack above it.
 *
 * expect: kind=leak site1=handle_upgrade|arena_alloc via=handle_upgrade file=connection_arena.c
 * expect: growth=12288000±2%
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include "../common/noise.h"

enum { CHUNK = 4096 - 32, CONNECTIONS = 200 };

struct chunk {
    struct chunk *next;
    size_t used;
    char bytes[CHUNK];
};

struct arena {
    struct chunk *chunks;
};

static struct arena arenas[CONNECTIONS];

__attribute__((noinline)) static void *arena_alloc(struct arena *arena, size_t size)
{
    struct chunk *chunk = arena->chunks;

    if (!chunk || chunk->used + size > CHUNK) {
        chunk = malloc(sizeof *chunk);
        chunk->next = arena->chunks;
        chunk->used = 0;
        arena->chunks = chunk;
    }
    chunk->used += size;
    return chunk->bytes + chunk->used - size;
}

static void arena_reset(struct arena *arena)
{
    while (arena->chunks) {
        struct chunk *chunk = arena->chunks;
        arena->chunks = chunk->next;
        free(chunk);
    }
}

__attribute__((noinline)) static void handle_get(struct arena *arena, unsigned number)
{
    memset(arena_alloc(arena, 700 + number % 2000), 'g', 700);
}

__attribute__((noinline)) static void handle_upgrade(struct arena *arena, unsigned number)
{
    memset(arena_alloc(arena, 2100), (int)(number & 127), 2100);
}

/* Every fourth connection speaks the upgraded protocol for ever. */
static void serve(unsigned requests)
{
    for (unsigned number = 0; number < requests; number++) {
        unsigned connection = number % CONNECTIONS;
        struct arena *arena = &arenas[connection];
        if (connection % 4 == 0) {
            handle_upgrade(arena, number);
        } else {
            handle_get(arena, number);
            arena_reset(arena);
        }
        noise_message(number);
    }
}

int main(void)
{
    noise_begin();
    serve(2000);
    heapdiff_snapshot("steady");
    serve(12000);
    heapdiff_snapshot("loaded");
    printf("%d, %lu\n", arenas[0].chunks->bytes[0], noise.sum);
    return 0;
}
