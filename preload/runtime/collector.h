/* collector.h -- CPython as a member: its collector is called from the helper thread, or by Python.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#ifndef RUNTIME_COLLECTOR_H
#define RUNTIME_COLLECTOR_H

#include <stdbool.h>

/* Whether the program has an interpreter; finds its functions. See kind_look. */
bool collector_look(void);

/* Becomes a member when the process has an interpreter that runs and is none yet. Control
 * process. */
void collector_join(void);

/* Whether a thread of ours changes nothing in this version; see python.c. */
bool collector_bears_a_thread(void);

/* Where there is no helper thread: has the interpreter collect and answer. Control process only. */
void collector_ask(void);

/* Whether the main thread has not run since: it waits in the kernel, and Python with it. */
bool collector_sleeps(void);

/* Collects and answers if that is asked for. Errand thread only. */
void collector_collect(void);

/* In a forked child, where the member is gone. */
void collector_forked(void);

#endif
