/* descriptors.h -- Descriptors of ours, where they may have to live among the program's.
 *
 * The control thread has a table of its own if the kernel lets it (control/apart.c). If not, the
 * program may close what is ours, and be given the same number for a file of its own.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#ifndef BASE_DESCRIPTORS_H
#define BASE_DESCRIPTORS_H

#include <stdbool.h>
#include <sys/stat.h>

/* A descriptor, and which file it was opened for. */
struct descriptor {
    int fd; /* -1: none */
    dev_t device;
    ino_t inode;
};

/* Whether the control thread's table is the program's; no to begin with. */
void descriptors_set_shared(bool shared);

/* In a shared table: moves fd to a high number, which nobody is given by chance, and returns that;
 * else, or when that cannot be, fd itself. Close-on-exec. -1 stays -1, errno as it was. */
int descriptors_keep(int fd);

/* open and descriptors_keep. In a shared table the program may have closed the number, or been
 * given it for a file of its own, before it was out of the way: then once more. */
int descriptors_open(const char *path, int flags, mode_t mode);

/* Remembers which file it is. */
struct descriptor descriptors_name(int fd);

/* Whether the number still stands for that file. Asks the kernel in a shared table only. */
bool descriptors_is_ours(const struct descriptor *descriptor);

/* Closes it if it is still ours, and forgets it. 0, or -1 with errno set. */
int descriptors_close(struct descriptor *descriptor);

#endif
