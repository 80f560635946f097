/* pagemap.c -- Which of our pages the kernel holds, by /proc/self/pagemap.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include "kernel/pagemap.h"

#include <errno.h>
#include <fcntl.h>
#include <sys/ioctl.h>
#include <unistd.h>

/* PAGEMAP_SCAN of linux/fs.h, which older headers do not have. */
struct scan {
    uint64_t size, flags, start, end, walk_end, runs, run_room, pages_max;
    uint64_t inverted, all_of, any_of, wanted;
};
struct scan_run {
    uint64_t start, end, what;
};
#define SCAN         _IOWR('f', 16, struct scan)
#define SCAN_PRESENT ((uint64_t)1 << 3)
#define SCAN_SWAPPED ((uint64_t)1 << 4)
#define SCAN_ZERO    ((uint64_t)1 << 5)

/* The lock of the memory map is held during a step: some 0.1 ms. */
#define STEP_PAGES 8192
#define STEP_BYTES ((uintptr_t)16 << 30)

int pagemap_open(void)
{
    return open("/proc/self/pagemap", O_RDONLY | O_CLOEXEC);
}

void pagemap_close(int fd)
{
    if (fd >= 0)
        close(fd);
}

size_t pagemap_read(int fd, uintptr_t start, size_t count, uint64_t *entries)
{
    ssize_t got = fd < 0 ? 0
                         : pread(fd, entries, count * sizeof *entries,
                                 (off_t)(start / PAGEMAP_PAGE * sizeof *entries));
    return got > 0 ? (size_t)got / sizeof *entries : 0;
}

int pagemap_find(int fd, uintptr_t start, uintptr_t end, struct pagemap_run *runs, uintptr_t *next)
{
    struct scan_run found[PAGEMAP_RUNS];
    struct scan scan = {.size = sizeof scan,
                        .start = start,
                        .end = end - start < STEP_BYTES ? end : start + STEP_BYTES,
                        .runs = (uintptr_t)found,
                        .run_room = PAGEMAP_RUNS,
                        .pages_max = STEP_PAGES,
                        .inverted = SCAN_ZERO,
                        .all_of = SCAN_ZERO,
                        .any_of = SCAN_PRESENT | SCAN_SWAPPED,
                        .wanted = SCAN_PRESENT};
    int saved = errno;
    int count = fd < 0 ? -1 : ioctl(fd, SCAN, &scan);
    errno = saved;
    for (int i = 0; i < count; i++)
        runs[i] = (struct pagemap_run){found[i].start, found[i].end, found[i].what & SCAN_PRESENT};
    *next = scan.walk_end;
    return count;
}
