/* draft.h -- A file on its way: it gets its name when it is whole and on disk.
 *
 * One policy for everything that the analyzer writes. A regular file is written beside its place
 * under a temporary name, synced, renamed, and its folder is synced. A device, a pipe or a socket
 * is written to as it is.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#ifndef ANALYZER_BASE_DRAFT_H
#define ANALYZER_BASE_DRAFT_H

#include "base/error.h"

#include <stdbool.h>
#include <sys/types.h>

struct draft {
    char *path;       /* of the finished file */
    char *temporary;  /* its name until then; NULL: PATH is a stream */
    int file;         /* open for writing */
    bool is_nameless; /* TEMPORARY is not there yet (O_TMPFILE): a killed process leaves nothing */
};

enum draft_name {
    DRAFT_NAMELESS, /* a temporary name only where the file system needs one */
    DRAFT_NAMED,    /* for libraries that open files by name, as SQLite does */
};

/* Follows a symbolic link at PATH and writes to streams. False with ERROR filled. */
bool draft_open(struct draft *draft, const char *path, struct error *error);

/* For a PATH that must be a regular file or free, and no link. MODE as of open(2). False with errno
 * set. */
bool draft_begin(struct draft *draft, const char *path, mode_t mode, enum draft_name name);

/* Puts the file in its place and ends DRAFT. False with errno set: PATH is as it was. */
bool draft_finish(struct draft *draft);

/* Ends DRAFT; PATH is as it was. Keeps errno. */
void draft_discard(struct draft *draft);

/* write(2) until all LENGTH bytes are written. False with errno set. */
bool draft_write(const struct draft *draft, const void *bytes, size_t length);

#endif
