/* guest.h -- Replacements for libc functions that the private libraries must not call.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#ifndef BASE_GUEST_H
#define BASE_GUEST_H

#include <link.h> /* struct dl_phdr_info */
#include <pthread.h>
#include <stdbool.h>
#include <stddef.h>
#include <sys/types.h>

/* Memory of the private jemalloc. Not for application threads: jemalloc's state of a thread is
 * that of the control process. */
void *guest_malloc(size_t size);
void *guest_calloc(size_t count, size_t size);
void *guest_realloc(void *block, size_t size);
void guest_free(void *block);

/* Call once, before the first use: remembers the contents of jemalloc's and SQLite's variables.
 * False when memory is lacking. */
bool guest_learn(void);

/* In a forked child: resets both libraries to their initial state. The control process may have
 * been in the middle of anything; memory that they had allocated stays as it is. */
void guest_forked(void);

/* Returns free memory to the kernel. Control process only. */
void guest_trim(void);

/* System calls that do not pass through our own hooks. As mmap(2) and so on. */
void *guest_mmap(void *address, size_t size, int protection, int flags, int fd, off_t offset);
int guest_munmap(void *address, size_t size);
void *guest_mremap(void *address, size_t old_size, size_t new_size, int flags, ...);

/* As pthread_atfork, but permanent: glibc removes a library's handlers when the process exits, and
 * aborts if another thread forks at that moment (glibc 2.36, __run_prefork_handlers). */
int guest_atfork(void (*prepare)(void), void (*parent)(void), void (*child)(void));

/* Lists modules from our own table, without the lock of the loader: unwind/libunwind.c. */
int guest_dl_iterate_phdr(int (*visit)(struct dl_phdr_info *, size_t, void *), void *context);

/* libunwind's data of a thread, without a key of the program's 1,024: a destructor that runs when
 * the thread ends, and its argument. */
int guest_key_create(pthread_key_t *key, void (*destructor)(void *));
int guest_setspecific(pthread_key_t key, const void *value);
void guest_thread_ends(void);

/* libunwind checks an address by writing from it into a pipe. The shim holds no descriptors, so
 * this "write" is a system call that only copies the bytes in. */
int guest_probe_pipe(int fds[2], int flags);
ssize_t guest_probe_read(int fd, void *buffer, size_t size);
ssize_t guest_probe_write(int fd, const void *address, size_t size);
int guest_probe_mincore(void *address, size_t size, unsigned char *pages);
int guest_probe_msync(void *address, size_t size, int flags);

#endif
