/* realm.h -- The tree of files that a recorded process sees, entered with care.
 *
 * The process may live in a chroot or a container, under another user, and what it says is a
 * stranger's word: paths are resolved inside of its root (openat2), never followed out of it, and a
 * file that is not its own is not touched.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#ifndef ANALYZER_CONTROL_REALM_H
#define ANALYZER_CONTROL_REALM_H

#include "base/error.h"
#include "base/text.h"

#include <sys/types.h>

#define REALM_TASK_SIZE 64

struct realm {
    pid_t pid;
    char task[REALM_TASK_SIZE]; /* "/proc/PID": of its control process, which writes snapshots */
    int root;                   /* its root folder; -1 when it may not be entered */
    uid_t uid;                  /* who writes its files */
    gid_t gid;
    bool is_ours; /* it sees the same files as we do */
};

/* The control process of a recorded process: the child of it that shares its memory. 0: none. */
pid_t realm_find_control(pid_t pid);

/* The folder below /proc of the control process: its root and namespaces are what counts, the
 * program may have left them. The process's own folder when it has none. */
void realm_find_task(pid_t pid, char task[REALM_TASK_SIZE]);

void realm_open(struct realm *realm, pid_t pid);
void realm_close(struct realm *realm);

/* Opens for reading what lies at PATH in the eyes of the process: a regular file of its own. -1
 * with ERROR filled. */
int realm_open_file(const struct realm *realm, const char *path, struct error *error);

/* Removes it. */
void realm_remove(const struct realm *realm, const char *path);

/* Makes a folder in which the process may write, in the eyes of the process; false when there is
 * no place for one. realm_take_back removes it, empty. */
bool realm_lend(const struct realm *realm, struct text *folder);
void realm_take_back(const struct realm *realm, const char *folder);

#endif
