/* target.h -- The tree of files that a recorded process sees, entered with care.
 *
 * The process may live in a chroot or a container, under another user, and its answers are
 * untrusted: paths are resolved inside its root (openat2) and never lead out of it, and a file that
 * is not its own is not touched.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#ifndef ANALYZER_CONTROL_TARGET_H
#define ANALYZER_CONTROL_TARGET_H

#include "base/error.h"
#include "base/text.h"

#include <sys/types.h>

#define TARGET_TASK_SIZE 64

struct target {
    pid_t pid;
    char task[TARGET_TASK_SIZE]; /* "/proc/PID": of its control process, which writes snapshots */
    int root;                    /* its root folder; -1 when it may not be entered */
    uid_t uid;                   /* who writes its files */
    gid_t gid;
    bool is_ours; /* it sees the same files as we do */
};

/* The control process of a recorded process: the child of it that shares its memory. 0: none. */
pid_t target_find_control(pid_t pid);

/* The folder below /proc of the control process: its root and namespaces are what counts, the
 * program may have left them. The process's own folder when it has none. */
void target_find_task(pid_t pid, char task[TARGET_TASK_SIZE]);

void target_open(struct target *target, pid_t pid);
void target_close(struct target *target);

/* Opens for reading the file at PATH, as the process names it: a regular file of its own. -1 with
 * ERROR filled. */
int target_open_file(const struct target *target, const char *path, struct error *error);

/* Removes it. */
void target_remove(const struct target *target, const char *path);

/* Makes a folder that the process may write into; FOLDER is its path as the process sees it. False
 * when there is no place for one. target_take_back removes it when it is empty. */
bool target_lend(const struct target *target, struct text *folder);
void target_take_back(const struct target *target, const char *folder);

#endif
