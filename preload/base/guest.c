/* guest.c -- Replacements for libc functions that the private libraries must not call.
 *
 * jemalloc.syms, sqlite.syms and libunwind_guest.h redirect calls to this file. There are three
 * kinds. Memory comes from the private jemalloc. System calls go to the kernel, past our own hooks.
 * Anything that belongs to the program (environment variables of its own jemalloc, plug-ins, the
 * program break) is answered with "there is none".
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include "base/guest.h"

#include <errno.h>
#include <limits.h>
#include <pthread.h>
#include <signal.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stdint.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "base/memory.h"
#include "base/probe.h"
#include "base/ranges.h"
#include "base/sandbox.h"

void *hd_je_malloc(size_t size);
void *hd_je_calloc(size_t count, size_t size);
void *hd_je_realloc(void *block, size_t size);
void hd_je_free(void *block);
int hd_je_mallctl(const char *name, void *old, size_t *old_size, void *new, size_t new_size);

/* Read by jemalloc at its first call. One arena is enough for one control process. Pages go back to
 * the kernel when a snapshot is done (guest_trim), so that our memory never looks like growth;
 * returned one by one they would interrupt every processor that runs the program. */
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
    hd_je_mallctl("thread.tcache.flush", NULL, NULL, NULL, 0);
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

/* A forked child resets the private libraries instead, so no fork waits for their locks. */
int guest_no_atfork(void (*prepare)(void), void (*parent)(void), void (*child)(void));

int guest_no_atfork(void (*prepare)(void), void (*parent)(void), void (*child)(void))
{
    (void)prepare, (void)parent, (void)child;
    return 0;
}

/* jemalloc wants a destructor for its state of a thread. The control process ends without, and
 * libc would allocate for a key beyond the first 32. */
int guest_no_key_create(pthread_key_t *key, void (*destructor)(void *));
int guest_no_setspecific(pthread_key_t key, const void *value);

int guest_no_key_create(pthread_key_t *key, void (*destructor)(void *))
{
    (void)destructor;
    *key = 0;
    return 0;
}

int guest_no_setspecific(pthread_key_t key, const void *value)
{
    (void)key, (void)value;
    return 0;
}

static void (*thread_destructor)(void *);
static __thread void *thread_value __attribute__((tls_model("initial-exec")));

int guest_key_create(pthread_key_t *key, void (*destructor)(void *))
{
    thread_destructor = destructor;
    *key = 0;
    return 0;
}

int guest_setspecific(pthread_key_t key, const void *value)
{
    (void)key;
    thread_value = (void *)(uintptr_t)value;
    return 0;
}

/* A destructor may ask to be called again, as often as POSIX allows. Under a seccomp filter that is
 * closed the memory stays. */
void guest_thread_ends(void)
{
    if (!thread_value || !sandbox_enter())
        return;
    for (int round = 0; thread_value && round < PTHREAD_DESTRUCTOR_ITERATIONS; round++) {
        void *value = thread_value;
        thread_value = NULL;
        thread_destructor(value);
    }
    sandbox_leave();
}

/* ---- a forked child -----------------------------------------------------------------------------
 */

/* The variables of jemalloc and SQLite, as CMakeLists.txt has placed them. */
extern char __start_hd_private_data[] __attribute__((visibility("hidden")));
extern char __stop_hd_private_data[] __attribute__((visibility("hidden")));
extern char __start_hd_private_bss[] __attribute__((visibility("hidden")));
extern char __stop_hd_private_bss[] __attribute__((visibility("hidden")));

#define PAGE 65536 /* the largest that exists */

static char *pristine;

static size_t data_size(void)
{
    return (uintptr_t)__stop_hd_private_data - (uintptr_t)__start_hd_private_data;
}

bool guest_learn(void)
{
    pristine = memory_map(data_size());
    if (pristine)
        memcpy(pristine, __start_hd_private_data, data_size());
    return pristine != NULL;
}

/* Whole pages are given back to the kernel, which fills them with zeros when they are touched. */
static void guest_clear(char *from, char *to)
{
    char *first = (char *)(((uintptr_t)from + PAGE - 1) & ~(uintptr_t)(PAGE - 1));
    char *last = (char *)((uintptr_t)to & ~(uintptr_t)(PAGE - 1));
    if (first >= last || madvise(first, (size_t)(last - first), MADV_DONTNEED) != 0) {
        memset(from, 0, (size_t)(to - from));
        return;
    }
    memset(from, 0, (size_t)(first - from));
    memset(last, 0, (size_t)(to - last));
}

void guest_forked(void)
{
    memcpy(__start_hd_private_data, pristine, data_size());
    guest_clear(__start_hd_private_bss, __stop_hd_private_bss);
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
NO_SUCCESS(pthread_create)
NO_SUCCESS(pthread_join)
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
