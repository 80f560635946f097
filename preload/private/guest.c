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
#include <stdbool.h>
#include <stdint.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "base/origin.h"
#include "base/probe.h"
#include "base/ranges.h"

void *hd_je_malloc(size_t size);
void *hd_je_calloc(size_t count, size_t size);
void *hd_je_realloc(void *block, size_t size);
void hd_je_free(void *block);
int hd_je_mallctl(const char *name, void *old, size_t *old_size, void *new, size_t new_size);

/* Read by jemalloc at its first call. One arena is enough for one control thread. Pages go back
 * when a snapshot is done (guest_trim), so that what we hold never looks like growth; given back
 * one by one they would interrupt every processor that runs the program. */
extern const char *hd_je_malloc_conf;
const char *hd_je_malloc_conf =
    "narenas:1,tcache:true,dirty_decay_ms:-1,muzzy_decay_ms:0,oversize_threshold:0,dss:disabled,"
    "background_thread:false";

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

void guest_trim(void)
{
    hd_je_mallctl("arena.0.purge", NULL, NULL, NULL, 0);
}

void *guest_mmap(void *address, size_t size, int protection, int flags, int fd, off_t offset)
{
    void *start = (void *)syscall(SYS_mmap, address, size, protection, flags, fd, offset);
    if (start != MAP_FAILED)
        ranges_add(start, size);
    return start;
}

int guest_munmap(void *address, size_t size)
{
    ranges_remove(address, size);
    return (int)syscall(SYS_munmap, address, size);
}

int __register_atfork(void (*)(void), void (*)(void), void (*)(void), void *library);

int guest_atfork(void (*prepare)(void), void (*parent)(void), void (*child)(void))
{
    return __register_atfork(prepare, parent, child, NULL);
}

/* jemalloc's own, which take all of its locks. In a copy that we do not know of our thread may have
 * been holding one; nobody uses jemalloc there, nor in what the copy forks. */
static struct {
    void (*prepare)(void), (*parent)(void), (*child)(void);
    bool held;
} at_fork;

static void before_fork(void)
{
    at_fork.held = origin_is_here();
    if (at_fork.held)
        at_fork.prepare();
}

static void after_fork_in_parent(void)
{
    if (at_fork.held)
        at_fork.parent();
}

static void after_fork_in_child(void)
{
    if (at_fork.held)
        at_fork.child();
}

int guest_jemalloc_atfork(void (*prepare)(void), void (*parent)(void), void (*child)(void));

int guest_jemalloc_atfork(void (*prepare)(void), void (*parent)(void), void (*child)(void))
{
    at_fork.prepare = prepare;
    at_fork.parent = parent;
    at_fork.child = child;
    return guest_atfork(before_fork, after_fork_in_parent, after_fork_in_child);
}

/* Only SQLite may call this, and only for memory-mapped files, which the writer does not use. */
void *guest_mremap(void *address, size_t old_size, size_t new_size, int flags, ...)
{
    va_list arguments;
    va_start(arguments, flags);
    void *target = va_arg(arguments, void *); /* garbage unless MREMAP_FIXED; the kernel knows */
    va_end(arguments);
    return (void *)syscall(SYS_mremap, address, old_size, new_size, flags, target);
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
    errno = probe_readable(aligned) ? 0 : EFAULT; /* libunwind repeats while errno is EINTR */
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

/* libunwind reads files for names and for tables without an index; the analyzer does the former,
 * and the latter do not occur on Linux. */
int _Uelf64_get_proc_name(void);
int _Uelf64_find_section(void);

int _Uelf64_get_proc_name(void)
{
    return -1;
}

int _Uelf64_find_section(void)
{
    return 0;
}

/* ---- "there is none": reached only from the lists in *.syms ---------------------------------- */

#define NO_POINTER(name)                                                                           \
    void *guest_no_##name(void);                                                                   \
    void *guest_no_##name(void)                                                                    \
    {                                                                                              \
        return NULL;                                                                               \
    }
#define NO_SUCCESS(name)                                                                           \
    int guest_no_##name(void);                                                                     \
    int guest_no_##name(void)                                                                      \
    {                                                                                              \
        errno = EAGAIN;                                                                            \
        return EAGAIN;                                                                             \
    }
#define NO_MATH(name) /* SQL functions like sin(), which the writer does not use */                \
    double guest_no_##name(double x);                                                              \
    double guest_no_##name(double x)                                                               \
    {                                                                                              \
        return x;                                                                                  \
    }

NO_POINTER(getenv)
NO_POINTER(secure_getenv)
NO_POINTER(dlopen)
NO_POINTER(dlsym)
NO_POINTER(dlerror)
NO_POINTER(dlclose)
NO_POINTER(_Unwind_GetIP)
NO_SUCCESS(pthread_create)
NO_SUCCESS(pthread_join)
NO_SUCCESS(_Unwind_Backtrace)
NO_MATH(acos)
NO_MATH(acosh)
NO_MATH(asin)
NO_MATH(asinh)
NO_MATH(atan)
NO_MATH(atan2)
NO_MATH(atanh)
NO_MATH(ceil)
NO_MATH(cos)
NO_MATH(cosh)
NO_MATH(exp)
NO_MATH(floor)
NO_MATH(fmod)
NO_MATH(log)
NO_MATH(log10)
NO_MATH(log2)
NO_MATH(pow)
NO_MATH(round)
NO_MATH(sin)
NO_MATH(sinh)
NO_MATH(sqrt)
NO_MATH(tan)
NO_MATH(tanh)
NO_MATH(trunc)

ssize_t guest_no_readlink(const char *path, char *buffer, size_t size);
ssize_t guest_no_readlink(const char *path, char *buffer, size_t size)
{
    (void)path, (void)buffer, (void)size;
    errno = ENOENT;
    return -1;
}

void *guest_no_sbrk(intptr_t increment);
void *guest_no_sbrk(intptr_t increment)
{
    (void)increment;
    return (void *)-1;
}
