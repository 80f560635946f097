/* python.h -- CPython as a member: its collector is called from the errand thread, or by Python.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#ifndef RUNTIME_PYTHON_H
#define RUNTIME_PYTHON_H

#include <stdbool.h>

/* Whether the program has an interpreter; finds its functions. See kind_look. */
bool python_look(void);

/* Becomes a member when the process has an interpreter that runs and is none yet. Control
 * process. */
void python_join(void);

/* Whether a thread of ours changes nothing in this version; see python.c. */
bool python_bears_a_thread(void);

/* Where there is no errand thread: has the interpreter collect and answer. Control process only. */
void python_ask(void);

/* Collects and answers if that is asked for. Errand thread only. */
void python_collect(void);

/* In a forked child, where the member is gone. */
void python_forked(void);

#endif
