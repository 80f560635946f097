/* python.h -- CPython as a member: its collector is called from a thread made for it.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#ifndef RUNTIME_PYTHON_H
#define RUNTIME_PYTHON_H

/* Becomes a member when the process has an interpreter that runs and is none yet. Control thread.
 */
void python_join(void);

/* In a forked child, where the member is gone. */
void python_forked(void);

#endif
