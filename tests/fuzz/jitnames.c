/* jitnames.c -- Any bytes as a perf map or a jitdump: read without harm, answered with texts.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include "fuzz.h"

#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "jit/jitnames.h"
#include "jit/perfmap.h"

#define FRAMES 24

/* Small addresses, which the bytes are likely to mean, and the borders of what there is. */
static uintptr_t address_of(unsigned i)
{
    static const uintptr_t borders[] = {0, 1, 0x7fffffffffff, UINTPTR_MAX - 1, UINTPTR_MAX};
    unsigned count = sizeof borders / sizeof *borders;
    return i < count ? borders[i] : 0x1000 + 0x10 * (uintptr_t)(i - count);
}

static int file_of(const uint8_t *bytes, size_t size)
{
    int fd = memfd_create("heapdiff-fuzz", MFD_CLOEXEC);
    if (fd < 0 || write(fd, bytes, size) != (ssize_t)size)
        abort();
    return fd;
}

/* The first byte chooses what the others are. */
int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size)
{
    struct jitnames names = {.limits_hold = true};
    struct stack *stack = calloc(1, sizeof *stack + FRAMES * sizeof(uintptr_t));
    if (!stack || size == 0)
        return free(stack), 0;
    stack->depth = FRAMES;
    stack->jitmap_size = 40;
    stack->seen_ns = 150;
    for (unsigned i = 0; i < FRAMES; i++)
        stack->frames[i] = address_of(i);
    int fd = file_of(bytes + 1, size - 1);
    jitnames_ask(&names, stack);
    jitnames_read(&names, bytes[0] % 2 ? fd : -1, bytes[0] % 2 ? -1 : fd);
    for (unsigned i = 0; i < FRAMES; i++) {
        struct jitname name = jitnames_find(&names, stack->frames[i], stack);
        if ((name.name && strlen(name.name) > PERFMAP_NAME_LIMIT) ||
            (name.file && strlen(name.file) > PERFMAP_NAME_LIMIT) || (name.file && !name.line))
            abort();
    }
    jitnames_done(&names);
    close(fd);
    free(stack);
    return 0;
}
