/* jitmap.c -- How much the runtime had said of its JIT code when a stack was first seen.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include "tables/jitmap.h"
#include "base/host.h"
#include "base/sandbox.h"

#include <errno.h>
#include <fcntl.h> /* AT_FDCWD */
#include <stdatomic.h>
#include <stdbool.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "tables/jitcode.h"
#include "tables/modules.h"
#include "tables/places.h"

static atomic_uint looked;                  /* times that a map was asked for */
static atomic_uint_fast32_t last_seen_with; /* pid, when its map was there the last time; else 0 */

/* By hand: this may run inside the program's malloc, where stdio has no business. */
void jitmap_path(char path[JITMAP_PATH_SIZE], int pid)
{
    char digits[12];
    size_t count = 0, length = strlen("/tmp/perf-");
    memcpy(path, "/tmp/perf-", sizeof "/tmp/perf-");
    do
        digits[count++] = (char)('0' + pid % 10);
    while ((pid /= 10) > 0);
    while (count > 0)
        path[length++] = digits[--count];
    memcpy(path + length, ".map", sizeof ".map");
}

static bool has_foreign_frame(const uintptr_t *frames, unsigned depth)
{
    for (unsigned i = 0; i < depth; i++)
        if (!places_is(frames[i]) && !modules_find_known(frames[i] - 1))
            return true;
    return false;
}

/* Most programs with JIT code write no map: after the first few questions every second, fourth,
 * eighth … one is put to the kernel. */
static bool is_worth_a_look(uint32_t pid)
{
    unsigned times = atomic_fetch_add_explicit(&looked, 1, memory_order_relaxed);
    return times < 16 || (times & (times - 1)) == 0 ||
           atomic_load_explicit(&last_seen_with, memory_order_relaxed) == pid;
}

uint32_t jitmap_size(const uintptr_t *frames, unsigned depth)
{
    char path[JITMAP_PATH_SIZE];
    struct stat status;
    int saved = errno;
    uint32_t announced = jitcode_count();
    if (announced)
        return announced;
    uint32_t pid = (uint32_t)host_pid();
    if (!has_foreign_frame(frames, depth) || !is_worth_a_look(pid))
        return JITMAP_UNKNOWN;
    jitmap_path(path, (int)pid);
    /* Not stat(): a library preloaded beside us may have put itself before it. */
    if (!sandbox_enter())
        return JITMAP_UNKNOWN;
    bool there = syscall(SYS_newfstatat, AT_FDCWD, path, &status, 0) == 0;
    sandbox_leave();
    atomic_store_explicit(&last_seen_with, there ? pid : 0, memory_order_relaxed);
    errno = saved;
    if (!there || status.st_size <= 0)
        return JITMAP_UNKNOWN;
    return status.st_size < (off_t)JITMAP_HUGE ? (uint32_t)status.st_size : JITMAP_HUGE;
}
