/* worker.h -- The one thread of ours: takes snapshots, for whoever asks.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#ifndef CONTROL_WORKER_H
#define CONTROL_WORKER_H

#include <stdbool.h>

#include "snapshot/snapshot.h"

/* Starts the thread: all signals blocked, a stack of its own memory, never recorded. 0 or an
 * errno; without it there are no snapshots. */
int worker_start(void);

/* Ends the thread, after what it is doing; returns when the kernel counts one thread less. Nobody
 * else may be asking meanwhile. */
void worker_stop(void);

/* Whether the thread runs, in this very process. */
bool worker_is_here(void);

/* Before a call that the kernel refuses to a process of several threads (unshare and setns of some
 * namespaces): ends the thread if it is the only other one. True: worker_start brings it back. */
bool worker_step_aside(void);

/* In a forked child, which has no such thread: forgets what others were asking for. */
void worker_forked(void);

/* Asks the thread for a snapshot and waits until it is done; calls from several threads are served
 * one after the other. When there is no thread one is lent for the time. 0, an errno, or -1 in a
 * process that is not the recorded one (a child made by vfork). Not from the thread itself, not in
 * a signal handler. */
int worker_ask(enum snapshot_reason reason, const char *label);

/* The last snapshot of a process that ends, once; one line on stderr names the file or the error.
 * In a signal handler too, which may have interrupted worker_ask, or malloc while the thread waits
 * for that malloc's lock: then there is none, and it returns after a second. */
void worker_ask_last(void);

/* As worker_ask, without waiting and safe in a signal handler; requests that come while one is
 * pending become one. */
void worker_ask_later(enum snapshot_reason reason);

#endif
