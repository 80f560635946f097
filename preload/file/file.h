/* file.h -- A file that gets its name when it is whole, and removal of files that never did.
 *
 * While it is written, a snapshot lies beside its final place under a temporary name,
 * heapdiff.PID.heapdiff-part. The process holds a lock on it (flock) as long as it lives. The lock
 * shows whether the writer is alive; the pid does not, because pids of other namespaces mean
 * nothing here. The next snapshot into the folder removes files without a lock.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#ifndef FILE_FILE_H
#define FILE_FILE_H

#include <stdbool.h>
#include <stddef.h>

#include "format/protocol.h"

#define FILE_PART ".heapdiff-part"

/* The file on its way; one at a time, as snapshots are. */
struct file {
    char temporary[PROTOCOL_PATH_SIZE];
    int lock; /* a descriptor of the file, which is locked; -1: none */
};

/* Makes the empty temporary file for a snapshot at path. 0 or an errno: EMEDIUMTYPE when path is a
 * device, a pipe or a socket, ELOOP for a symbolic link, EISDIR. */
int file_begin(struct file *file, const char *path);

/* Gives the finished file its name, with both on disk. It replaces a file that was there before,
 * but no other thing that has come there meanwhile. 0 or an errno, as file_begin. */
int file_publish(struct file *file, const char *path);

/* The error of these two in words that follow "cannot write PATH: ". */
const char *file_reason(int error);

/* Removes the temporary file if it is still there, and gives back the lock. */
void file_end(struct file *file);

/* Removes the temporary file for a thread that will never come to file_end. Any thread. */
void file_abandon(void);

/* In a forked child: the file is the parent's. */
void file_forked(void);

#endif
