/* libunwind_guest.h -- Renames the calls of libunwind that the shim must not make.
 *
 * Every libunwind file includes it first.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#ifndef LIBUNWIND_GUEST_H
#define LIBUNWIND_GUEST_H

#ifndef __ASSEMBLER__
#include <errno.h>
#include <fcntl.h>
#include <link.h>
#include <pthread.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/guest.h"

#define mmap                guest_mmap
#define munmap              guest_munmap
#define malloc              guest_malloc
#define calloc              guest_calloc
#define free                guest_free
#define pthread_key_create  guest_key_create
#define pthread_setspecific guest_setspecific
#define dl_iterate_phdr     guest_dl_iterate_phdr
#define pipe2               guest_probe_pipe
#define read                guest_probe_read
#define write               guest_probe_write
#define mincore             guest_probe_mincore
#define msync               guest_probe_msync
#endif

#endif
