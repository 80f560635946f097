/* worker.h -- The one thread of ours: takes snapshots, for whoever asks.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#ifndef CONTROL_WORKER_H
#define CONTROL_WORKER_H

#include "snapshot/snapshot.h"

/* Starts the thread: all signals blocked, a stack of its own memory, never recorded. 0 or an
 * errno; without it there are no snapshots. */
int worker_start(void);

/* In a forked child, which has no such thread: forgets what others were asking for. */
void worker_forked(void);

/* Asks the thread for a snapshot and waits until it is done; calls from several threads are served
 * one after the other. 0 or an errno. When say is set, one line on stderr names the file or the
 * error. Not from the thread itself, not in a signal handler. */
int worker_ask(enum snapshot_reason reason, const char *label, bool say);

/* As worker_ask, without waiting and safe in a signal handler; requests that come while one is
 * pending become one. */
void worker_ask_later(enum snapshot_reason reason);

#endif
