/* mappings.c -- Memory straight from the kernel: mmap, brk, shared memory segments.
 *
 * Only calls by these names are seen: those of the program, of its runtime, and of allocators other
 * than glibc's, which tables/maps.c distinguishes by the caller.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include "hooks/hooks.h"

#include <errno.h>
#include <sys/mman.h>
#include <sys/shm.h>
#include <unistd.h>

#include "base/sandbox.h"
#include "hooks/signals.h"
#include "python/chain.h"
#include "record/record.h"
#include "tables/aliases.h"
#include "tables/maps.h"

__thread bool signals_inside __attribute__((tls_model("initial-exec")));

static void mappings_note(void *start, size_t size, bool reserved, enum block_kind kind,
                          uintptr_t frame)
{
    uintptr_t caller = ((uintptr_t *)frame)[1];
    uint32_t stack = record_stack(kind, frame, reserved ? 0 : size);
    struct signals signals;
    if (!signals_block(&signals))
        return;
    maps_add((uintptr_t)start, size, stack, kind, reserved, caller);
    signals_restore(&signals);
}

static void mappings_take(void *address, size_t size, struct maps_taken *taken)
{
    struct signals signals;
    if (!signals_block(&signals))
        return;
    maps_take((uintptr_t)address, size, taken);
    signals_restore(&signals);
}

static void put_back(const struct maps_taken *taken)
{
    struct signals signals;
    if (!signals_block(&signals))
        return;
    maps_restore(taken);
    signals_restore(&signals);
}

static void *mappings_map(void *address, size_t size, int protection, int flags, int fd,
                          off_t offset, uintptr_t frame)
{
    void *start = real.mmap(address, size, protection, flags, fd, offset);
    if (start != MAP_FAILED && record_is_on())
        mappings_note(start, size, protection == PROT_NONE, KIND_MMAP, frame);
    if (start != MAP_FAILED && fd >= 0 && protection & PROT_EXEC && flags & MAP_FIXED &&
        !sandbox_is_closed())
        aliases_note((uintptr_t)start, size, fd, (uint64_t)offset);
    return start;
}

void *mmap(void *address, size_t size, int protection, int flags, int fd, off_t offset)
{
    return mappings_map(address, size, protection, flags, fd, offset, RECORD_HERE());
}

void *mmap64(void *address, size_t size, int protection, int flags, int fd, off_t offset)
{
    return mappings_map(address, size, protection, flags, fd, offset, RECORD_HERE());
}

int munmap(void *address, size_t size)
{
    struct maps_taken taken = {.count = 0};
    if (record_is_on())
        mappings_take(address, size, &taken);
    chain_before_unmap();
    int failed = real.munmap(address, size);
    if (failed && taken.count)
        put_back(&taken);
    return failed;
}

void *hooks_mremap(void *address, size_t old_size, size_t new_size, int flags, void *target)
{
    struct maps_taken taken = {.count = 0};
    if (old_size && record_is_on())
        mappings_take(address, old_size, &taken);
    void *start = real.mremap(address, old_size, new_size, flags, target);
    if (taken.count && (start == MAP_FAILED || flags & MREMAP_DONTUNMAP))
        put_back(&taken);
    if (start != MAP_FAILED && record_is_on())
        mappings_note(start, new_size, false, KIND_MMAP, RECORD_HERE());
    return start;
}

/* The break moved: memory gained is a mapping of its own, memory returned is removed. */
static void note_break(char *from, char *to, uintptr_t frame)
{
    struct maps_taken taken;
    if (to > from)
        mappings_note(from, (size_t)(to - from), false, KIND_BRK, frame);
    else if (to < from)
        mappings_take(to, (size_t)(from - to), &taken);
}

int brk(void *end)
{
    char *from = real.sbrk(0);
    int failed = real.brk(end);
    if (!failed && record_is_on())
        note_break(from, end, RECORD_HERE());
    return failed;
}

void *sbrk(intptr_t increment)
{
    void *from = real.sbrk(increment);
    if (from != (void *)-1 && increment && record_is_on())
        note_break(from, (char *)from + increment, RECORD_HERE());
    return from;
}

void *shmat(int id, const void *address, int flags)
{
    void *start = real.shmat(id, address, flags);
    struct shmid_ds segment;
    if (start == (void *)-1 || !record_is_on() || sandbox_is_closed())
        return start;
    int saved = errno; /* the program may write into the segment and not ask for its size */
    if (shmctl(id, IPC_STAT, &segment) == 0)
        mappings_note(start, segment.shm_segsz, false, KIND_SHM, RECORD_HERE());
    errno = saved;
    return start;
}

int shmdt(const void *address)
{
    struct signals signals;
    if (record_is_on() && signals_block(&signals)) {
        maps_remove_from((uintptr_t)address);
        signals_restore(&signals);
    }
    return real.shmdt(address);
}
