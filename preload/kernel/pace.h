/* pace.h -- Small steps through data that the kernel locks.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#ifndef KERNEL_PACE_H
#define KERNEL_PACE_H

/* To be called after every short system call of a long row of them that take the lock of the
 * process's memory map: sleeps for a moment when the row has gone on for long enough. A thread of
 * the program that waits for the lock (mmap, munmap, brk) is woken whenever it is free, but we
 * would have it again before that thread runs; only after 4 ms the kernel hands it over. For one
 * thread at a time. */
void pace(void);

#endif
