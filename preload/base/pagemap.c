/* pagemap.c -- Which of our pages the kernel holds, by /proc/self/pagemap.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include "base/pagemap.h"

#include <fcntl.h>
#include <unistd.h>

#include "base/descriptors.h"

int pagemap_open(void)
{
    return descriptors_keep(open("/proc/self/pagemap", O_RDONLY | O_CLOEXEC));
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
