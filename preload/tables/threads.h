/* threads.h -- The recorded threads by number, and their names (HEAPDIFF_THREADS=1).
 *
 * A number is given once: blocks outlive the thread that allocated them.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#ifndef TABLES_THREADS_H
#define TABLES_THREADS_H

#include <stdbool.h>
#include <stdint.h>

#define THREADS_MOST      65534u
#define THREADS_NONE      0u
#define THREADS_MORE      65535u /* all threads beyond THREADS_MOST */
#define THREADS_NAME_SIZE 16     /* of the kernel's, with the zero */

/* The calling thread begins: its number, from 1. */
uint16_t threads_begin(void);

/* The calling thread, whose number this is, ends: keeps its current name. */
void threads_end(uint16_t number);

/* In a forked child: of all threads only the calling one, NUMBER, is there. */
void threads_forked(uint16_t number);

/* How many have begun: numbers run from 1. */
unsigned threads_count(void);

/* The kernel's number of a thread that lives, as far as is known; else 0. */
int threads_tid(uint16_t number);

/* The living thread TID, which has this number, is called so by now; NULL: it is not there. */
void threads_learn(uint16_t number, int tid, const char *name);

/* The name of the thread NUMBER; *ended: it does not exist any more. */
void threads_name(uint16_t number, char name[THREADS_NAME_SIZE], bool *ended);

#endif
