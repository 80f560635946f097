/* host.h -- The recorded process, as the control process sees it.
 *
 * The control process (control/task.h) shares the program's memory but has a pid of its own. Files
 * that belong to the memory (/proc/self/maps, smaps, exe, cmdline) it reads as its own. Data of the
 * process (pid, threads, working directory, control group) comes from here.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#ifndef BASE_HOST_H
#define BASE_HOST_H

#include <stdbool.h>
#include <stddef.h>
#include <sys/types.h>

/* The calling process is the recorded one: at start, and in a forked child that is recorded too. */
void host_begin(void);

/* Its pid, in its own pid namespace; 0 before host_begin. No system call. */
pid_t host_pid(void);

/* In the program, before a control process starts: finds the program's number in the /proc that is
 * mounted here, which may belong to another pid namespace. */
void host_enter(void);

/* The path of one of its files in /proc: "status", "task/12/comm". */
#define HOST_PATH_SIZE 80
void host_path(char path[HOST_PATH_SIZE], const char *name);

enum host_state {
    HOST_RUNS,       /* its main thread is there, or ends just now */
    HOST_LEADERLESS, /* its main thread has ended by itself, others go on */
    HOST_GONE,       /* it has ended */
    HOST_UNKNOWN,    /* there is no /proc */
};

/* By its row in /proc: also where the control process, its child, may not look at it otherwise.
 * *ends is set while the main thread is on its way out. Control process only. */
enum host_state host_look(bool *ends);

#endif
