/* nptl.h -- glibc's descriptor of a thread (struct pthread), as glibc describes it to debuggers.
 *
 * glibc describes the descriptor's members to libthread_db in exported tables of three words each:
 * width in bits, number of elements, offset in bytes (nptl_db/db_info.c). Where a member is missing
 * there, we search for its known value in the main thread's own descriptor.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#ifndef TABLES_NPTL_H
#define TABLES_NPTL_H

#include <stdint.h>

/* Offsets from the descriptor's begin; 0: not known. */
struct nptl {
    uint32_t size;  /* of the descriptor */
    uint32_t tid;   /* of the kernel's id, 32 bits: 0 when the thread has ended, -1 when joined */
    uint32_t stack; /* of the address where the thread's stack begins; its size follows */
    uint32_t join;  /* of the joining thread's word; the thread itself when detached */
};
extern struct nptl nptl;

/* Learns all of it; once, in the main thread, before the program runs. No lock, no system call but
 * gettid. */
void nptl_learn(void);

/* Adds CHANGE to glibc's number of threads. The end of the last thread ends the process
 * (start_thread): a thread of ours must not keep the process alive. */
void nptl_count(int change);

/* The descriptor that belongs to a thread pointer. */
uintptr_t nptl_descriptor(uintptr_t thread_pointer);

#endif
