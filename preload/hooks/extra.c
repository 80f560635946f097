/* extra.c -- Hooks of functions that the process may lack.
 *
 * These are C23's, jemalloc's own, and those that glibc keeps for old programs.
 *
 * They cannot be called before visible.c shows them, which it does when the real ones exist. The
 * exception is cfree, which old programs have always found in glibc.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include "hooks/hooks.h"

#include <stdlib.h>

#include "record/record.h"

#define HOOK(result, name, parameters, arguments)
#define HOOK_CXX(version, fallback, result, name, parameters, arguments)
#define HOOK_EXTRA(version, result, name, parameters, arguments) HOOK_VERSION(version, name)
#include "real/hooks.def"

void cfree(void *block)
{
    free(block);
}

void free_sized(void *block, size_t size)
{
    if (block)
        record_free(block);
    real.free_sized(block, size);
}

void free_aligned_sized(void *block, size_t alignment, size_t size)
{
    if (block)
        record_free(block);
    real.free_aligned_sized(block, alignment, size);
}

void *mallocx(size_t size, int flags)
{
    void *block = real.mallocx(size, flags);
    record_alloc(block, size, KIND_MALLOC, RECORD_HERE());
    return block;
}

void *rallocx(void *block, size_t size, int flags)
{
    struct block was;
    bool known = record_is_on() && record_forget(block, &was);
    void *moved = real.rallocx(block, size, flags);
    record_alloc(moved, size, KIND_MALLOC, RECORD_HERE());
    if (!moved && known)
        record_restore(&was);
    return moved;
}

/* Resizes in place: the block keeps its address and its stack, and no other thread can get it. */
size_t xallocx(void *block, size_t size, size_t extra, int flags)
{
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
    real.dallocx(block, flags);
}

void sdallocx(void *block, size_t size, int flags)
{
    record_free(block);
    real.sdallocx(block, size, flags);
}
