/* child.h -- Work in a copy of this process, so that the process itself is not held up.
 *
 * The copy has the memory of one moment and only the calling thread. It may use our tables, the
 * private jemalloc and SQLite, and nothing of libc that takes a lock or memory. The program's
 * wait() does not see it, except with __WALL. It holds none of the program's descriptors, gets none
 * of its signals, and ends with it. The program pays for making the copy (page tables are copied,
 * and no thread can map memory or fault meanwhile) and then for a copy of every page that it writes
 * to.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#ifndef CONTROL_CHILD_H
#define CONTROL_CHILD_H

#include <stddef.h>

/* Returns 0 or an errno, then with a line of text. */
typedef int child_work(void *context, char *text, size_t size);

/* Runs the work in a copy, with the descriptor fd (-1: none) kept open, and waits for it. Returns
 * the result and the text of the work, or why the copy could not be made or was killed. Control
 * process only. */
int child_run(child_work *work, void *context, int fd, char *text, size_t size);

#endif
