/* filereader.h -- Reading a file of any size from front to back, through a buffer.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#ifndef JIT_FILEREADER_H
#define JIT_FILEREADER_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define FILEREADER_ROOM ((size_t)64 << 10)

struct filereader {
    int fd;          /* borrowed */
    uint64_t offset; /* in the file, of the next byte */
    char *buffer;    /* private jemalloc */
    size_t from, to; /* the part of the buffer that was not taken yet */
};

/* False when there is no memory. Give it to filereader_done in any case. */
bool filereader_begin(struct filereader *reader, int fd, uint64_t offset);
void filereader_done(struct filereader *reader);

/* Sees to it that SIZE <= FILEREADER_ROOM bytes lie at filereader_at, as far as the file has them.
 * Returns how many there are, which may be more than was asked for. */
size_t filereader_fill(struct filereader *reader, size_t size);

static inline const char *filereader_at(const struct filereader *reader)
{
    return reader->buffer + reader->from;
}

/* Goes on by any number of bytes; beyond the end there is nothing. */
void filereader_skip(struct filereader *reader, uint64_t size);

/* Opens a regular file that belongs to this user or to root: names from other users are not
 * trusted. -1 otherwise. Does not wait, and follows no symbolic link at the end of the path but,
 * with IS_PROC_LINK, those of /proc. */
int filereader_open(const char *path, bool is_proc_link);

#endif
