/* idle.c -- A shim that executes as many instructions as heapdiff and touches no memory.
 *
 * It shows what any recorder of that length takes away from a program whose cache misses overlap:
 * the processor works ahead by some hundred instructions, and these fill that room.
 *
 * SPDX-License-Identifier: Apache-2.0
 */

#define _GNU_SOURCE
#include <dlfcn.h>
#include <stddef.h>

#define TURNS 180 /* of two instructions each */

static void *(*real_malloc)(size_t);

__attribute__((constructor)) static void init(void)
{
    real_malloc = (void *(*)(size_t))dlsym(RTLD_NEXT, "malloc");
}

__attribute__((visibility("default"))) void *malloc(size_t size)
{
    if (__builtin_expect(!real_malloc, 0))
        init();
    void *block = real_malloc(size);
    for (unsigned turn = TURNS; turn; turn--)
        __asm__ volatile("" : "+r"(turn));
    return block;
}
