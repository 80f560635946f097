/* hooks.c -- Our malloc and its family: the real call, and a note to record.c.
 *
 * malloc, calloc and free themselves are in gate.c and come here when they may have to be recorded.
 *
 * A block is forgotten before it is really freed, and before a realloc; put back if that fails.
 * SPDX-License-Identifier: Apache-2.0
 */
#include "hooks/hooks.h"

#include <errno.h>
#include <string.h>
#include <unistd.h>

#include "record/record.h"

/* The gate of gate.c has been passed, and size was taken from it. */
void *hooks_malloc(size_t size)
{
    if (HOOK_MISSING(malloc))
        return real_bootstrap_alloc(size, 16);
    void *block = real.malloc(size);
    record_alloc_passed(block, size, KIND_MALLOC, RECORD_HERE());
    return block;
}

void *hooks_calloc(size_t count, size_t size)
{
    if (HOOK_MISSING(calloc))
        return real_bootstrap_alloc(count * size, 16); /* static memory: zero already */
    void *block = real.calloc(count, size);
    record_alloc_passed(block, count * size, KIND_MALLOC, RECORD_HERE());
    return block;
}

void hooks_free(void *block)
{
    if (HOOK_RARE(!block || real_is_bootstrap(block)) || HOOK_MISSING(free))
        return;
    record_free(block);
    real.free(block);
}

/* A bootstrap block's size is not known: copy what may belong to it. */
static void *move_from_bootstrap(void *block, size_t size)
{
    void *moved = malloc(size);
    size_t room = (size_t)(real_bootstrap + REAL_BOOTSTRAP_SIZE - (char *)block);
    if (moved)
        memcpy(moved, block, size < room ? size : room);
    return moved;
}

void *realloc(void *block, size_t size)
{
    if (HOOK_MISSING(realloc))
        return real_bootstrap_alloc(size, 16);
    if (HOOK_RARE(real_is_bootstrap(block)))
        return move_from_bootstrap(block, size);
    struct block was;
    bool known = block && record_is_on() && record_forget(block, &was);
    void *moved = real.realloc(block, size);
    record_alloc(moved, size, KIND_MALLOC, RECORD_HERE());
    if (!moved && known && size != 0) /* realloc(block, 0) has freed it */
        record_restore(&was);
    return moved;
}

void *reallocarray(void *block, size_t count, size_t size)
{
    size_t bytes;
    if (__builtin_mul_overflow(count, size, &bytes)) {
        errno = ENOMEM;
        return NULL;
    }
    struct block was;
    bool known = block && record_is_on() && record_forget(block, &was);
    int64_t before = record_mark();
    void *moved =
        real.reallocarray ? real.reallocarray(block, count, size) : real.realloc(block, bytes);
    if (record_mark() == before)
        record_alloc(moved, bytes, KIND_MALLOC, RECORD_HERE());
    if (!moved && known && bytes != 0)
        record_restore(&was);
    return moved;
}

void cfree(void *block)
{
    free(block);
}

void free_sized(void *block, size_t size)
{
    if (block && real.free_sized && !real_is_bootstrap(block)) {
        record_free(block);
        real.free_sized(block, size);
    } else {
        free(block);
    }
}

void free_aligned_sized(void *block, size_t alignment, size_t size)
{
    if (block && real.free_aligned_sized && !real_is_bootstrap(block)) {
        record_free(block);
        real.free_aligned_sized(block, alignment, size);
    } else {
        free(block);
    }
}

int posix_memalign(void **block, size_t alignment, size_t size)
{
    if (HOOK_MISSING(posix_memalign)) {
        *block = real_bootstrap_alloc(size, alignment);
        return *block ? 0 : ENOMEM;
    }
    int64_t before = record_mark();
    int failed = real.posix_memalign(block, alignment, size);
    if (!failed && record_mark() == before)
        record_alloc(*block, size, KIND_MALLOC, RECORD_HERE());
    return failed;
}

/* The bodies of aligned_alloc, memalign, valloc, pvalloc differ in their parameters only. */
#define ALIGNED_BODY(name, call, alignment)                                                        \
    if (HOOK_MISSING(name))                                                                        \
        return real_bootstrap_alloc(size, alignment);                                              \
    int64_t before = record_mark();                                                                \
    void *block = real.name call;                                                                  \
    if (record_mark() == before)                                                                   \
        record_alloc(block, size, KIND_MALLOC, RECORD_HERE());                                     \
    return block;

void *aligned_alloc(size_t alignment, size_t size)
{
    ALIGNED_BODY(aligned_alloc, (alignment, size), alignment)
}

void *memalign(size_t alignment, size_t size)
{
    ALIGNED_BODY(memalign, (alignment, size), alignment)
}

void *valloc(size_t size)
{
    ALIGNED_BODY(valloc, (size), 4096)
}

void *pvalloc(size_t size)
{
    ALIGNED_BODY(pvalloc, (size), 4096)
}

/* ---- jemalloc ---------------------------------------------------------------------------- */

void *mallocx(size_t size, int flags)
{
    void *block = real.mallocx ? real.mallocx(size, flags) : NULL;
    record_alloc(block, size, KIND_MALLOC, RECORD_HERE());
    return block;
}

void *rallocx(void *block, size_t size, int flags)
{
    if (!real.rallocx)
        return NULL;
    struct block was;
    bool known = record_is_on() && record_forget(block, &was);
    void *moved = real.rallocx(block, size, flags);
    record_alloc(moved, size, KIND_MALLOC, RECORD_HERE());
    if (!moved && known)
        record_restore(&was);
    return moved;
}

/* Resizes in place: the block keeps its address and its stack, and nobody else can get it. */
size_t xallocx(void *block, size_t size, size_t extra, int flags)
{
    if (!real.xallocx)
        return 0;
    size_t got = real.xallocx(block, size, extra, flags);
    struct block was;
    if (record_is_on() && record_forget(block, &was)) {
        was.size = got >= size ? got : was.size;
        record_restore(&was);
    }
    return got;
}

void dallocx(void *block, int flags)
{
    record_free(block);
    if (real.dallocx)
        real.dallocx(block, flags);
}

void sdallocx(void *block, size_t size, int flags)
{
    record_free(block);
    if (real.sdallocx)
        real.sdallocx(block, size, flags);
}
