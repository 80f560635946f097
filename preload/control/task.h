/* task.h -- The control process: a process of ours that shares the program's memory.
 *
 * It is made by clone(2) with the memory shared and everything else of its own: pid, descriptors,
 * working directory, umask, signals, session. It is no thread of the program for glibc or for the
 * kernel. It has no exit signal, so a wait without __WCLONE or __WALL does not see it. When it
 * crashes, the program goes on.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#ifndef CONTROL_TASK_H
#define CONTROL_TASK_H

#include <stdatomic.h>
#include <stdbool.h>
#include <stdint.h>
#include <sys/types.h>

/* Once, in the constructor, in the main thread. 0 or an errno. */
int task_learn(void);

/* Starts BODY in a control process; all signals are blocked there. When BODY returns, or when it
 * crashes after FAULT was called, the process ends. 0 or an errno. No lock, no malloc: a signal
 * handler may call it. */
int task_start(void (*body)(void), void (*fault)(void));

/* In the control process: a second thread of it, which runs BODY with a small stack, makes system
 * calls and touches nothing that the first one uses. */
bool task_start_second(int (*body)(void *));

/* Whether that thread runs. */
bool task_second_is_here(void);

/* Whether it runs. The kernel keeps this up to date: it is true until the process has really ended.
 */
bool task_is_here(void);

/* Its pid, 0 when there is none. */
pid_t task_pid(void);

/* Waits until it has ended, which it must be about to, and takes its exit status: nothing of it is
 * left. For threads of the program. */
void task_await(void);

/* In a forked child, which has the memory of its parent's control process and not the process. */
void task_forked(void);

/* Takes the status of the control process that the same process had before an exec: it is about to
 * end, and is waited for a tenth of a second at most. Constructor only. */
void task_reap_former(void);

/* The word that the kernel clears, and wakes (shared futex), when the program's main thread gives
 * its memory up: it ends, or the program executes another one. NULL when glibc does not say where.
 */
_Atomic uint32_t *task_leader(void);

#endif
