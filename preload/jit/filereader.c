/* filereader.c -- Reading a file of any size from front to back, through a buffer.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include "jit/filereader.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/memory.h"

bool filereader_begin(struct filereader *reader, int fd, uint64_t offset)
{
    *reader = (struct filereader){.fd = fd, .offset = offset};
    reader->buffer = memory_alloc(FILEREADER_ROOM);
    return reader->buffer != NULL;
}

void filereader_done(struct filereader *reader)
{
    memory_free(reader->buffer);
    reader->buffer = NULL;
}

size_t filereader_fill(struct filereader *reader, size_t size)
{
    size_t there = reader->to - reader->from;
    if (there >= size)
        return there;
    memmove(reader->buffer, reader->buffer + reader->from, there);
    reader->from = 0;
    reader->to = there;
    while (reader->to < size && reader->offset <= INT64_MAX - FILEREADER_ROOM) {
        ssize_t got = pread(reader->fd, reader->buffer + reader->to, FILEREADER_ROOM - reader->to,
                            (off_t)(reader->offset + reader->to));
        if (got < 0 && errno == EINTR)
            continue;
        if (got <= 0)
            break;
        reader->to += (size_t)got;
    }
    return reader->to;
}

void filereader_skip(struct filereader *reader, uint64_t size)
{
    uint64_t there = reader->to - reader->from;
    reader->offset = size > UINT64_MAX - reader->offset ? UINT64_MAX : reader->offset + size;
    reader->from += (size_t)(size < there ? size : there);
}

int filereader_open(const char *path, bool is_proc_link)
{
    struct stat status;
    int follow = is_proc_link ? 0 : O_NOFOLLOW;
    int fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY | follow);
    if (fd < 0)
        return -1;
    if (fstat(fd, &status) == 0 && S_ISREG(status.st_mode) &&
        (status.st_uid == 0 || status.st_uid == geteuid()))
        return fd;
    close(fd);
    return -1;
}
