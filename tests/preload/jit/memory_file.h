/* memory_file.h -- Bytes as an open file.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#ifndef TESTS_PRELOAD_MEMORY_FILE_H
#define TESTS_PRELOAD_MEMORY_FILE_H

#include <sys/mman.h>
#include <unistd.h>

#include "test.h"

/* To be closed by the caller. */
static inline int memory_file(const void *bytes, size_t size)
{
    int fd = memfd_create("heapdiff-test", MFD_CLOEXEC);
    assert_true(fd >= 0);
    for (size_t done = 0; done < size;) {
        ssize_t got = write(fd, (const char *)bytes + done, size - done);
        assert_true(got > 0);
        done += (size_t)got;
    }
    return fd;
}

#endif
