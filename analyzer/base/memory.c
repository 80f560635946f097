/* memory.c -- Checked allocation and pools.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include "base/memory.h"

#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define CHUNK_SIZE ((size_t)64 * 1024)

struct chunk {
    struct chunk *next;
    size_t used, size;
    _Alignas(16) char bytes[];
};

struct pool {
    struct chunk *chunks; /* the first one has room */
};

static void *checked(void *block)
{
    static const char text[] = "heapdiff: out of memory; compare fewer snapshots at once\n";
    if (block)
        return block;
    if (write(STDERR_FILENO, text, sizeof text - 1) < 0)
        abort();
    _exit(2);
}

void *memory_zeroed(size_t count, size_t size)
{
    return checked(calloc(count ? count : 1, size ? size : 1));
}

/* cppcheck-suppress funcArgOrderDifferent ; it is the same, cppcheck 2.10 errs */
void *memory_resize(void *block, size_t count, size_t size)
{
    return checked(reallocarray(block, count ? count : 1, size ? size : 1));
}

struct pool *pool_new(void)
{
    return memory_zeroed(1, sizeof(struct pool));
}

void pool_free(struct pool *pool)
{
    if (!pool)
        return;
    for (struct chunk *chunk = pool->chunks, *next; chunk; chunk = next) {
        next = chunk->next;
        free(chunk);
    }
    free(pool);
}

static struct chunk *chunk_new(size_t size)
{
    struct chunk *chunk = memory_zeroed(1, sizeof *chunk + size);
    chunk->size = size;
    return chunk;
}

void *pool_zeroed(struct pool *pool, size_t size)
{
    size = (size + 15) & ~(size_t)15;
    struct chunk *chunk = pool->chunks;
    if (!chunk || chunk->size - chunk->used < size) {
        chunk = chunk_new(size > CHUNK_SIZE ? size : CHUNK_SIZE);
        chunk->next = pool->chunks;
        pool->chunks = chunk;
    }
    chunk->used += size;
    return chunk->bytes + chunk->used - size;
}

char *pool_text_n(struct pool *pool, const char *text, size_t length)
{
    char *copy = pool_zeroed(pool, length + 1);
    memcpy(copy, text, length);
    return copy;
}

char *pool_text(struct pool *pool, const char *text)
{
    return pool_text_n(pool, text, strlen(text));
}

char *pool_format(struct pool *pool, const char *format, ...)
{
    va_list arguments, again;
    va_start(arguments, format);
    va_copy(again, arguments);
    int length = vsnprintf(NULL, 0, format, arguments);
    char *text = pool_zeroed(pool, (size_t)(length < 0 ? 0 : length) + 1);
    vsnprintf(text, (size_t)(length < 0 ? 0 : length) + 1, format, again);
    va_end(again);
    va_end(arguments);
    return text;
}
