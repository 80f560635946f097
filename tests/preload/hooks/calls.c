/* calls.c -- A program that calls every hooked function of C and says what should be known then.
 *
 * Nothing is freed but where it says so. Compiled without optimisation and built-in functions, so
 * that every call is made.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include <dlfcn.h>
#include <malloc.h>
#include <stdlib.h>
#include <string.h>

#include "hooks/site.h"

static volatile size_t huge = PTRDIFF_MAX; /* too big for any allocator */

/* A function that this process may not have. */
#define LATE(result, name, parameters)                                                             \
    result(*name) parameters = (result(*) parameters)dlsym(RTLD_DEFAULT, #name)

static void plain_calls(void)
{
    void *block = malloc(20001);
    same_errno("malloc");
    same("usable", (long long)malloc_usable_size(block));
    same("aligned", (long long)((uintptr_t)block % 16));
    site_live("malloc", "malloc", 20001);

    free(malloc(20003));
    same_errno("free");
    free(NULL);
    site_freed("free", "malloc", 20003);

    unsigned char *zeros = calloc(3, 6671);
    same_errno("calloc");
    same("zero", zeros[0] + zeros[20012]);
    site_live("calloc", "malloc", 20013);
    same("overflow", calloc(huge, 4) == NULL);
    errno = SITE_ERRNO;

    for (unsigned i = 0; i < 37; i++)
        same("empty", malloc(0) != NULL);
    site("empty", "malloc", 37, 0, 37, 0);

    static char text[20053];
    memset(text, 'x', sizeof text - 1);
    same("strdup", strdup(text) != NULL);
    site("strdup", "malloc", 1, 20053, 1, 20053);
}

static void *volatile kept;

static void realloc_calls(void)
{
    kept = realloc(NULL, 20021);
    site_live("realloc(NULL)", "malloc", 20021);

    void *block = malloc(20023);
    memset(block, 7, 20023);
    unsigned char *moved = realloc(block, 40025);
    same_errno("realloc");
    same("content", moved[0] + moved[20022]);
    site_freed("realloc, before", "malloc", 20023);
    site_live("realloc, after", "malloc", 40025);

    block = malloc(20027);
    void *rest = realloc(block, 0); /* some allocators give an empty block */
    errno = SITE_ERRNO;
    free(rest);
    site_freed("realloc(block, 0)", "malloc", 20027);

    block = malloc(20029);
    same("too big", realloc(block, huge) == NULL && errno == ENOMEM);
    site_live("realloc that fails", "malloc", 20029);
    errno = SITE_ERRNO;
}

static void reallocarray_calls(void)
{
    kept = reallocarray(NULL, 3, 6677);
    same_errno("reallocarray");
    site_live("reallocarray", "malloc", 20031);

    void *block = malloc(20033);
    same("overflow", reallocarray(block, huge, 3) == NULL && errno == ENOMEM);
    site_live("reallocarray that overflows", "malloc", 20033);

    block = malloc(20035);
    same("too big", reallocarray(block, huge / 16, 16) == NULL && errno == ENOMEM);
    site_live("reallocarray that fails", "malloc", 20035);
    errno = SITE_ERRNO;

    block = malloc(20059);
    kept = reallocarray(block, 2, 20067);
    site_freed("reallocarray, before", "malloc", 20059);
    site_live("reallocarray, after", "malloc", 40134);
}

static void aligned_calls(void)
{
    void *block = NULL;
    int other = 0;
    same("posix_memalign", posix_memalign(&block, 64, 20037));
    same("aligned", (long long)((uintptr_t)block % 64));
    site_live("posix_memalign", "malloc", 20037);
    block = &other;
    same("bad alignment", posix_memalign(&block, 3, 20039) == EINVAL && block == &other);
    errno = SITE_ERRNO;

    same("aligned", (long long)((uintptr_t)aligned_alloc(64, 20096) % 64));
    same_errno("aligned_alloc");
    site_live("aligned_alloc", "malloc", 20096);
    same("aligned", (long long)((uintptr_t)memalign(128, 20041) % 128));
    same_errno("memalign");
    site_live("memalign", "malloc", 20041);
    same("aligned", (long long)((uintptr_t)valloc(20043) % 4096));
    same_errno("valloc");
    site_live("valloc", "malloc", 20043);
    same("aligned", (long long)((uintptr_t)pvalloc(20047) % 4096));
    same_errno("pvalloc");
    site_live("pvalloc", "malloc", 20047);
}

/* Names that are new or gone: the process may have them or not. */
static void late_calls(void)
{
    LATE(void, cfree, (void *));
    LATE(void, free_sized, (void *, size_t));
    LATE(void, free_aligned_sized, (void *, size_t, size_t));
    void *block = malloc(20051);
    cfree ? cfree(block) : free(block);
    site_freed("cfree", "malloc", 20051);
    block = malloc(20055);
    free_sized ? free_sized(block, 20055) : free(block);
    site_freed("free_sized", "malloc", 20055);
    block = aligned_alloc(32, 20064);
    free_aligned_sized ? free_aligned_sized(block, 32, 20064) : free(block);
    site_freed("free_aligned_sized", "malloc", 20064);
    same_errno("late");
}

/* Where the program runs on jemalloc. */
static void jemalloc_calls(void)
{
    LATE(void *, mallocx, (size_t, int));
    LATE(void *, rallocx, (void *, size_t, int));
    LATE(size_t, xallocx, (void *, size_t, size_t, int));
    LATE(void, dallocx, (void *, int));
    LATE(void, sdallocx, (void *, size_t, int));
    kept = mallocx(20061, 0);
    site_live("mallocx", "malloc", 20061);
    kept = rallocx(mallocx(20065, 0), 40067, 0);
    site_freed("rallocx, before", "malloc", 20065);
    site_live("rallocx, after", "malloc", 40067);
    void *block = mallocx(20069, 0);
    size_t got = xallocx(block, 20071, 0, 0);
    same("xallocx", (long long)got);
    site("xallocx", "malloc", 1, 20069, 1, got);
    dallocx(mallocx(20073, 0), 0);
    site_freed("dallocx", "malloc", 20073);
    sdallocx(mallocx(20075, 0), 20075, 0);
    site_freed("sdallocx", "malloc", 20075);
}

int main(void)
{
    errno = SITE_ERRNO;
    plain_calls();
    realloc_calls();
    reallocarray_calls();
    aligned_calls();
    late_calls();
    if (dlsym(RTLD_DEFAULT, "mallctl"))
        jemalloc_calls();
    return 0;
}
