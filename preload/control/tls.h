/* tls.h -- A block of thread-local storage for code that runs on no thread of glibc's.
 *
 * The control process runs ordinary code (SQLite, the private jemalloc, libc's snprintf), which
 * needs errno, a locale and a stack guard behind its thread pointer. A thread of glibc's would have
 * them; but glibc would count it, signal it when the program changes its user, and behave as in a
 * program of several threads. So we make the block here, from the images that the loader uses too.
 * Its descriptor is empty except for the fields that libc reads of its own thread.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#ifndef CONTROL_TLS_H
#define CONTROL_TLS_H

#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

/* Learns which modules have storage at a fixed distance from the thread pointer; once, in the main
 * thread, in the constructor (asks the loader). 0 or an errno. */
int tls_learn(void);

/* The room that a block takes. */
size_t tls_size(void);

/* Makes a fresh block in ROOM, which is aligned to 64 bytes; returns its thread pointer. No lock,
 * no system call. */
void *tls_make(void *room);

/* Where libc looks up the kernel's id of the thread with this pointer; NULL when that is not known.
 */
pid_t *tls_tid(void *pointer);

#endif
