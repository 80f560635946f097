/* early.c -- A library whose constructor runs before the shim's and calls one hook, first of all.
 *
 * EARLY says which. Prints "NAME answers" when the result is what it should be, "NAME is absent"
 * where the process has no such function. Nothing is called before the hook that might be one.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include <errno.h>
#include <fcntl.h>
#include <grp.h>
#include <link.h>
#include <pthread.h>
#include <sched.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/shm.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "hooks/early_calls.h"

#define PAGE ((size_t)4096)

static bool is_block(void *block, size_t alignment)
{
    if (block)
        memset(block, 7, 100);
    return block && (uintptr_t)block % alignment == 0;
}

#define BLOCK(name, alignment, call)                                                               \
    static bool early_##name(void)                                                                 \
    {                                                                                              \
        return is_block(call, alignment);                                                          \
    }
#define VALUE(name, expected, call)                                                                \
    static bool early_##name(void)                                                                 \
    {                                                                                              \
        return (call) == (expected);                                                               \
    }
#define GIVES_BACK(name, block, call)                                                              \
    static bool early_##name(void)                                                                 \
    {                                                                                              \
        void *given = block;                                                                       \
        call;                                                                                      \
        return true;                                                                               \
    }

BLOCK(malloc, 16, malloc(100))
BLOCK(calloc, 16, calloc(10, 10))
BLOCK(realloc, 16, realloc(NULL, 100))
BLOCK(reallocarray, 16, reallocarray(NULL, 10, 10))
GIVES_BACK(free, NULL, free(given))
BLOCK(aligned_alloc, 64, aligned_alloc(64, 128))
BLOCK(memalign, 64, memalign(64, 100))
BLOCK(valloc, PAGE, valloc(100))
BLOCK(pvalloc, PAGE, pvalloc(100))

static bool early_posix_memalign(void)
{
    void *block = NULL;
    return posix_memalign(&block, 64, 100) == 0 && is_block(block, 64);
}

GIVES_BACK(cfree, NULL, cfree(given))
GIVES_BACK(free_sized, NULL, free_sized(given, 100))
GIVES_BACK(free_aligned_sized, NULL, free_aligned_sized(given, 64, 100))
BLOCK(mallocx, 16, mallocx(100, 0))
BLOCK(rallocx, 16, rallocx(mallocx(50, 0), 100, 0))
GIVES_BACK(dallocx, mallocx(100, 0), dallocx(given, 0))
GIVES_BACK(sdallocx, mallocx(100, 0), sdallocx(given, 100, 0))

static bool early_xallocx(void)
{
    void *block = mallocx(100, 0);
    return xallocx(block, 101, 0, 0) >= 100;
}

#define ALIGN 64
BLOCK(_Znwm, 16, _Znwm(100))
BLOCK(_Znam, 16, _Znam(100))
BLOCK(_ZnwmRKSt9nothrow_t, 16, _ZnwmRKSt9nothrow_t(100, ""))
BLOCK(_ZnamRKSt9nothrow_t, 16, _ZnamRKSt9nothrow_t(100, ""))
BLOCK(_ZnwmSt11align_val_t, 64, _ZnwmSt11align_val_t(128, ALIGN))
BLOCK(_ZnamSt11align_val_t, 64, _ZnamSt11align_val_t(128, ALIGN))
BLOCK(_ZnwmSt11align_val_tRKSt9nothrow_t, 64, _ZnwmSt11align_val_tRKSt9nothrow_t(128, ALIGN, ""))
BLOCK(_ZnamSt11align_val_tRKSt9nothrow_t, 64, _ZnamSt11align_val_tRKSt9nothrow_t(128, ALIGN, ""))
#define OLD       _Znwm(100)
#define OLD_ARRAY _Znam(100)
#define OLD_WIDE  _ZnwmSt11align_val_t(128, ALIGN)
#define OLD_WIDES _ZnamSt11align_val_t(128, ALIGN)
/* A null comes first: delete is then the first call of all. */
#define DELETES(name, old, rest)                                                                   \
    static bool early_##name(void)                                                                 \
    {                                                                                              \
        name rest(NULL);                                                                           \
        name rest(old);                                                                            \
        return true;                                                                               \
    }
#define ONLY(block)    (block)
#define SIZED(block)   (block, 100)
#define NOTHROW(block) (block, "")
#define WIDE(block)    (block, ALIGN)
#define BOTH(block)    (block, 128, ALIGN)
#define WIDE_NO(block) (block, ALIGN, "")
DELETES(_ZdlPv, OLD, ONLY)
DELETES(_ZdaPv, OLD_ARRAY, ONLY)
DELETES(_ZdlPvm, OLD, SIZED)
DELETES(_ZdaPvm, OLD_ARRAY, SIZED)
DELETES(_ZdlPvRKSt9nothrow_t, OLD, NOTHROW)
DELETES(_ZdaPvRKSt9nothrow_t, OLD_ARRAY, NOTHROW)
DELETES(_ZdlPvSt11align_val_t, OLD_WIDE, WIDE)
DELETES(_ZdaPvSt11align_val_t, OLD_WIDES, WIDE)
DELETES(_ZdlPvmSt11align_val_t, OLD_WIDE, BOTH)
DELETES(_ZdaPvmSt11align_val_t, OLD_WIDES, BOTH)
DELETES(_ZdlPvSt11align_val_tRKSt9nothrow_t, OLD_WIDE, WIDE_NO)
DELETES(_ZdaPvSt11align_val_tRKSt9nothrow_t, OLD_WIDES, WIDE_NO)

extern int capset(void *, const void *);
#define MAPPED PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0
BLOCK(mmap, PAGE, mmap(NULL, PAGE, MAPPED))
BLOCK(mmap64, PAGE, mmap64(NULL, PAGE, MAPPED))
VALUE(munmap, -1, munmap((void *)1, PAGE))
VALUE(mremap, MAP_FAILED, mremap((void *)1, PAGE, PAGE, 0))
VALUE(brk, 0, brk(NULL))
VALUE(sbrk, true, sbrk(0) != (void *)-1)
VALUE(shmat, (void *)-1, shmat(-1, NULL, 0))
VALUE(shmdt, -1, shmdt(NULL))
VALUE(dlclose, 0, dlclose(_r_debug.r_map)) /* the program itself stays */
VALUE(setuid, 0, setuid(getuid()))
VALUE(setgid, 0, setgid(getgid()))
VALUE(seteuid, 0, seteuid(geteuid()))
VALUE(setegid, 0, setegid(getegid()))
VALUE(setreuid, 0, setreuid(getuid(), geteuid()))
VALUE(setregid, 0, setregid(getgid(), getegid()))
VALUE(setresuid, 0, setresuid(getuid(), geteuid(), geteuid()))
VALUE(setresgid, 0, setresgid(getgid(), getegid(), getegid()))
VALUE(setgroups, -1, setgroups(SIZE_MAX, NULL))
VALUE(initgroups, true, initgroups("", getgid()) == (geteuid() == 0 ? 0 : -1))
VALUE(capset, -1, capset(NULL, NULL))
VALUE(unshare, 0, unshare(0))
VALUE(setns, -1, setns(-1, 0))
VALUE(prctl, 1, prctl(PR_GET_DUMPABLE, 0, 0, 0, 0))

static bool early__exit(void)
{
    _exit(EARLY_STATUS);
}

static bool early__Exit(void)
{
    _Exit(EARLY_STATUS);
}

static void say(void *text)
{
    ssize_t done = write(1, text, strlen(text));
    (void)done;
}

extern int __cxa_atexit(void (*)(void *), void *, void *);
VALUE(__cxa_atexit, 0, __cxa_atexit(say, "the handler has run\n", NULL))

static void *run(void *argument)
{
    return argument;
}

static bool early_pthread_create(void)
{
    static char mark;
    pthread_t thread;
    void *got = NULL;
    return pthread_create(&thread, NULL, run, &mark) == 0 && pthread_join(thread, &got) == 0 &&
           got == &mark;
}

/* The sixth argument of a system call comes by the stack. */
static bool early_syscall(void)
{
    char there[64], here[64];
    int fd = open("/proc/self/exe", O_RDONLY);
    char *page =
        (char *)syscall(SYS_mmap, NULL, PAGE, PROT_READ, MAP_PRIVATE, fd, (long)(2 * PAGE));
    if (page == MAP_FAILED || pread(fd, there, sizeof there, 2 * PAGE) != sizeof there)
        return false;
    memcpy(here, page, sizeof here);
    return memcmp(here, there, sizeof here) == 0;
}

static const struct {
    const char *name;
    bool (*call)(void);
} calls[] = {
#define HOOK(result, name, parameters, arguments) {#name, early_##name},
#include "real/hooks.def"
};

static bool is_missing(const char *wanted)
{
#define HOOK(result, name, parameters, arguments)
#define HOOK_EXTRA(version, result, name, parameters, arguments)                                   \
    if (strcmp(wanted, #name) == 0)                                                                \
        return !name;
#define HOOK_CXX(version, fallback, result, name, parameters, arguments)                           \
    HOOK_EXTRA(version, result, name, parameters, arguments)
#include "real/hooks.def"
    return false;
}

static __attribute__((constructor)) void early(void)
{
    const char *wanted = getenv("EARLY");
    char line[128];
    if (getenv("HEAPDIFF_ROOT"))
        say("too late: the shim has begun\n");
    for (unsigned i = 0; wanted && i < sizeof calls / sizeof *calls; i++) {
        if (strcmp(calls[i].name, wanted) != 0)
            continue;
        const char *answer = is_missing(wanted) ? "is absent"
                             : calls[i].call()  ? "answers"
                                                : "answers something else";
        snprintf(line, sizeof line, "%s %s\n", wanted, answer);
        say(line);
    }
}

int early_is_here(void)
{
    return 1;
}
