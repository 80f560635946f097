/* worker.h -- The control process: waits for requests and takes snapshots.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#ifndef CONTROL_WORKER_H
#define CONTROL_WORKER_H

#include <stdbool.h>

#include "control/snapshot.h"

/* Starts the control process. 0 or an errno; without it there are no snapshots. */
int worker_start(void);

/* Ends the control process after its current work, and takes its status. No other thread may be
 * asking meanwhile. */
void worker_stop(void);

/* The same at the end of the program, if there is a control process. */
void worker_end(void);

/* Whether the control process runs, and the caller belongs to the recorded process. */
bool worker_is_here(void);

/* Call before a call that the kernel refuses when the memory is shared: ends the control process.
 * True: worker_start must start it again. */
bool worker_step_aside(void);

/* Call before a call that fails, or makes glibc abort, when the process has a thread that the
 * program did not make: ends our helper thread. Its users ask Python from then on. */
void worker_before_change(void);

/* The calling thread has changed its user, groups, capabilities or namespaces: returns when the
 * control process has done the same, or has ended because it could not. */
void worker_follow(void);

/* In a forked child, which has no control process: forgets the requests of other threads. */
void worker_forked(void);

/* Asks for a snapshot and waits until it is done; calls from several threads are served one after
 * the other. When there is no control process one is lent for the time. 0, an errno, or -1 in a
 * process that is not the recorded one (a child made by vfork). Not in a signal handler. */
int worker_ask(enum snapshot_reason reason, const char *label);

/* The last snapshot of a process that ends, once; one line on stderr names the file or the error.
 * In a signal handler too, which may have interrupted worker_ask, or fork while the control process
 * waits for a lock of it: then there is none, and it returns after a second. */
void worker_ask_last(void);

/* The program closes itself to system calls (base/sandbox.h): from now on the control process looks
 * by itself whether it is asked. */
void worker_look_up(void);

/* The last snapshot, when the process has ended: for a thread that cannot know whether it ends the
 * process (_exit in a child made by vfork) and may make no system call to find out. */
void worker_want_last(void);

/* As worker_ask, without waiting and safe in a signal handler; requests that come while one is
 * pending become one. */
void worker_ask_later(enum snapshot_reason reason);

#endif
