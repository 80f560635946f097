/* pass_through.c -- A shim that does nothing: the cost of standing between a program and malloc.
 *
 * No interposing recorder can be cheaper than this. It is built as heapdiff's hooks are: bound at
 * load time, a pointer to the real function, a frame pointer kept.
 *
 * SPDX-License-Identifier: Apache-2.0
 */

#define _GNU_SOURCE
#include <dlfcn.h>
#include <stddef.h>

static void *(*real_malloc)(size_t);
static void (*real_free)(void *);

__attribute__((constructor)) static void init(void)
{
    real_malloc = (void *(*)(size_t))dlsym(RTLD_NEXT, "malloc");
    real_free = (void (*)(void *))dlsym(RTLD_NEXT, "free");
}

__attribute__((visibility("default"))) void *malloc(size_t size)
{
    if (__builtin_expect(!real_malloc, 0))
        init();
    return real_malloc(size);
}

__attribute__((visibility("default"))) void free(void *block)
{
    if (__builtin_expect(!real_free, 0))
        init();
    real_free(block);
}
