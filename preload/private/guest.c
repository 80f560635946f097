/* guest.c -- What the private libraries call instead of libc where a guest may not.
 *
 * jemalloc.syms, sqlite.syms and libunwind_guest.h lead their calls here. Three kinds: memory goes
 * to the private jemalloc, system calls go to the kernel past our own hooks, and what a guest has
 * no business with (environment variables of the program's own jemalloc, plug-ins, the program
 * break) is answered with "there is none".
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include "private/guest.h"

#include <errno.h>
#include <signal.h>
#include <stdarg.h>
#include <stdint.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "tables/modules.h"

void *hd_je_malloc(size_t size);
void *hd_je_calloc(size_t count, size_t size);
void *hd_je_realloc(void *block, size_t size);
void hd_je_free(void *block);

/* Read by jemalloc at its first call. One arena without thread caches is enough for one control
 * thread; pages go back at once, so that what we hold never looks like growth. */
extern const char *hd_je_malloc_conf;
const char *hd_je_malloc_conf =
    "narenas:1,tcache:false,dirty_decay_ms:0,muzzy_decay_ms:0,dss:disabled,background_thread:false";

void *guest_malloc(size_t size)
{
    return hd_je_malloc(size);
}

void *guest_calloc(size_t count, size_t size)
{
    return hd_je_calloc(count, size);
}

void *guest_realloc(void *block, size_t size)
{
    return hd_je_realloc(block, size);
}

void guest_free(void *block)
{
    hd_je_free(block);
}

void *guest_mmap(void *address, size_t size, int protection, int flags, int fd, off_t offset)
{
    return (void *)syscall(SYS_mmap, address, size, protection, flags, fd, offset);
}

int guest_munmap(void *address, size_t size)
{
    return (int)syscall(SYS_munmap, address, size);
}

void *guest_mremap(void *address, size_t old_size, size_t new_size, int flags, ...)
{
    va_list arguments;
    va_start(arguments, flags);
    void *target = va_arg(arguments, void *); /* garbage unless MREMAP_FIXED; the kernel knows */
    va_end(arguments);
    return (void *)syscall(SYS_mremap, address, old_size, new_size, flags, target);
}

int guest_dl_iterate_phdr(int (*visit)(struct dl_phdr_info *, size_t, void *), void *context)
{
    return modules_visit(visit, context);
}

int guest_readable(const void *address)
{
    /* With an invalid "how", the kernel copies the set in and changes nothing: EINVAL if the
     * address can be read, EFAULT if not. */
    int saved = errno;
    syscall(SYS_rt_sigprocmask, -1, address, NULL, 8);
    int readable = errno == EINVAL;
    errno = saved;
    return readable;
}

int guest_probe_pipe(int fds[2], int flags)
{
    (void)flags;
    fds[0] = fds[1] = -1;
    return 0;
}

ssize_t guest_probe_read(int fd, void *buffer, size_t size)
{
    (void)fd, (void)buffer, (void)size;
    errno = EAGAIN; /* an empty pipe */
    return -1;
}

ssize_t guest_probe_write(int fd, const void *address, size_t size)
{
    (void)fd;
    const void *aligned = (const void *)((uintptr_t)address & ~(uintptr_t)7);
    errno = guest_readable(aligned) ? 0 : EFAULT; /* libunwind repeats while errno is EINTR */
    return errno ? -1 : (ssize_t)size;
}

int guest_probe_mincore(void *address, size_t size, unsigned char *pages)
{
    (void)address, (void)size;
    pages[0] = 1; /* the probe by "write" decides */
    return 0;
}

int guest_probe_msync(void *address, size_t size, int flags)
{
    (void)address, (void)size, (void)flags;
    return 0;
}

/* ---- "there is none": reached only from the lists in *.syms ---------------------------------- */

char *guest_no_getenv(const char *name);
ssize_t guest_no_readlink(const char *path, char *buffer, size_t size);
void *guest_no_sbrk(intptr_t increment);
void *guest_no_pointer(void);
int guest_no_thread(void);
double guest_no_math(double x);
void guest_no_unwind(void);

char *guest_no_getenv(const char *name)
{
    (void)name;
    return NULL;
}

ssize_t guest_no_readlink(const char *path, char *buffer, size_t size)
{
    (void)path, (void)buffer, (void)size;
    errno = ENOENT;
    return -1;
}

void *guest_no_sbrk(intptr_t increment)
{
    (void)increment;
    return (void *)-1;
}

void *guest_no_pointer(void)
{
    return NULL;
}

int guest_no_thread(void)
{
    return EAGAIN;
}

double guest_no_math(double x)
{
    return x; /* SQL functions like sin(), which the writer does not use */
}

void guest_no_unwind(void)
{
}
