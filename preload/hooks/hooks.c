/* hooks.c -- Our malloc and its family: the real call, and a note to record.c.
 *
 * malloc, calloc and free themselves are in gate.c and come here when they may have to be recorded.
 *
 * A block is forgotten before it is really freed, and before a realloc; put back if that fails.
 * SPDX-License-Identifier: Apache-2.0
 */
#include "hooks/hooks.h"

#include <errno.h>

#include "record/record.h"

/* The gate of gate.c has been passed, and size was taken from it. */
void *hooks_malloc(size_t size)
{
    void *block = real.malloc(size);
    record_alloc_passed(block, size, KIND_MALLOC, RECORD_HERE());
    return block;
}

void *hooks_calloc(size_t count, size_t size)
{
    void *block = real.calloc(count, size);
    record_alloc_passed(block, count * size, KIND_MALLOC, RECORD_HERE());
    return block;
}

void hooks_free(void *block)
{
    if (HOOK_RARE(!block))
        return;
    record_free(block);
    real.free(block);
}

void *realloc(void *block, size_t size)
{
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
    void *moved = real.reallocarray(block, count, size);
    if (record_mark() == before)
        record_alloc(moved, bytes, KIND_MALLOC, RECORD_HERE());
    if (!moved && known && bytes != 0)
        record_restore(&was);
    return moved;
}

int posix_memalign(void **block, size_t alignment, size_t size)
{
    int64_t before = record_mark();
    int failed = real.posix_memalign(block, alignment, size);
    if (!failed && record_mark() == before)
        record_alloc(*block, size, KIND_MALLOC, RECORD_HERE());
    return failed;
}

/* The bodies of aligned_alloc, memalign, valloc, pvalloc differ in their parameters only. */
#define ALIGNED_BODY(name, call)                                                                   \
    int64_t before = record_mark();                                                                \
    void *block = real.name call;                                                                  \
    if (record_mark() == before)                                                                   \
        record_alloc(block, size, KIND_MALLOC, RECORD_HERE());                                     \
    return block;

void *aligned_alloc(size_t alignment, size_t size)
{
    ALIGNED_BODY(aligned_alloc, (alignment, size))
}

void *memalign(size_t alignment, size_t size)
{
    ALIGNED_BODY(memalign, (alignment, size))
}

void *valloc(size_t size)
{
    ALIGNED_BODY(valloc, (size))
}

void *pvalloc(size_t size)
{
    ALIGNED_BODY(pvalloc, (size))
}
