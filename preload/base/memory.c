/* memory.c -- Where the shim's own memory comes from, and which addresses it has.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include "base/memory.h"

#include <errno.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "base/guest.h"
#include "base/ranges.h"
#include "base/sandbox.h"

#ifndef PR_SET_VMA
#define PR_SET_VMA           0x53564d41
#define PR_SET_VMA_ANON_NAME 0
#endif

static void *memory_ask(size_t size, int protection)
{
    void *start = (void *)syscall(SYS_mmap, NULL, size, protection,
                                  MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
    if (start == MAP_FAILED)
        return NULL;
    /* One touched line must not cost two megabytes. The name shows in /proc/PID/maps where the
     * kernel can do that; neither call matters when it fails. */
    syscall(SYS_madvise, start, size, MADV_NOHUGEPAGE);
    syscall(SYS_prctl, PR_SET_VMA, PR_SET_VMA_ANON_NAME, start, size, "heapdiff");
    return start;
}

static void *memory_map_as(size_t size, int protection)
{
    int saved = errno;
    if (!sandbox_enter())
        return NULL;
    void *start = memory_ask(size, protection);
    sandbox_leave();
    if (start)
        ranges_add(start, size);
    errno = saved;
    return start;
}

void *memory_map(size_t size)
{
    return memory_map_as(size, PROT_READ | PROT_WRITE);
}

void *memory_reserve(size_t size)
{
    return memory_map_as(size, PROT_READ);
}

bool memory_open(void *start, size_t size)
{
    int saved = errno;
    if (!sandbox_enter())
        return false;
    bool opened = syscall(SYS_mprotect, start, size, PROT_READ | PROT_WRITE) == 0;
    sandbox_leave();
    errno = saved;
    return opened;
}

void memory_unmap(void *start, size_t size)
{
    int saved = errno;
    if (!sandbox_enter())
        return; /* it stays ours */
    ranges_remove(start, size);
    syscall(SYS_munmap, start, size);
    sandbox_leave();
    errno = saved;
}

void *memory_alloc(size_t size)
{
    return guest_malloc(size);
}

void *memory_resize(void *block, size_t size)
{
    return guest_realloc(block, size);
}

void memory_free(void *block)
{
    guest_free(block);
}

void memory_trim(void)
{
    guest_trim();
}

bool memory_make_room(void *array, size_t element, size_t count, size_t *room)
{
    if (count < *room)
        return true;
    size_t more = *room ? *room * 2 : 1024;
    void *bigger = memory_resize(*(void **)array, more * element);
    if (!bigger)
        return false;
    *(void **)array = bigger;
    *room = more;
    return true;
}
