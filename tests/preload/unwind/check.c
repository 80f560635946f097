/* check.c -- Inside libheapdiff_check.so: every stack is unwound twice and the frames compared.
 *
 * Linked with --wrap=unwind_take, so that the rest of the shim is the one that users run. Counts go
 * to the file named by HEAPDIFF_CHECK when the process ends: one line of numbers (stacks, agreed,
 * those where the reference gave up earlier), then the first disagreements, with both stacks.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include <fcntl.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/memory.h"
#include "options.h"
#include "tables/jvm.h"
#include "tables/modules.h"
#include "unwind/unwind.h"

#define KEPT 64

struct disagreement {
    unsigned fast_depth, reference_depth;
    uintptr_t fast[OPTIONS_DEPTH_MAX], reference[OPTIONS_DEPTH_MAX];
};

static atomic_ulong stacks, agreed, shorter;
static atomic_uint kept;
static struct disagreement *disagreements;

uint64_t __real_unwind_take(struct unwind *unwind, uintptr_t frame);
uint64_t __wrap_unwind_take(struct unwind *unwind, uintptr_t frame);

static bool is_prefix(const struct unwind *shorter_one, const struct unwind *longer)
{
    for (unsigned i = 0; i < shorter_one->depth; i++)
        if (shorter_one->frames[shorter_one->kept - 1 - i].pc !=
            longer->frames[longer->kept - 1 - i].pc)
            return false;
    return true;
}

static void keep(const struct unwind *fast, const struct unwind *reference)
{
    unsigned at = atomic_fetch_add(&kept, 1);
    if (at >= KEPT)
        return;
    if (!disagreements)
        disagreements = memory_map(KEPT * sizeof *disagreements);
    struct disagreement *entry = &disagreements[at];
    entry->fast_depth = fast->depth;
    entry->reference_depth = reference->depth;
    unwind_copy(fast, entry->fast);
    unwind_copy(reference, entry->reference);
}

/* Methods that the JVM interprets stand between frames, and libunwind does not know them. */
static bool is_method(uintptr_t inner, uintptr_t address)
{
    char name[256];
    return !modules_find_known(inner) && jvm_interprets(inner) && !jvm_interprets(address) &&
           jvm_method_name(address, name, sizeof name);
}

static bool agree_but_for_methods(const struct unwind *fast, const struct unwind *expected)
{
    static __thread uintptr_t ours[OPTIONS_DEPTH_MAX], theirs[OPTIONS_DEPTH_MAX];
    unsigned count = 0;
    unwind_copy(fast, ours);
    unwind_copy(expected, theirs);
    for (unsigned i = 0; i < fast->depth; i++) {
        if (i > 0 && is_method(ours[i - 1], ours[i]))
            continue;
        if (count == expected->depth || ours[i] != theirs[count++])
            return false;
    }
    return count == expected->depth || fast->truncated;
}

uint64_t __wrap_unwind_take(struct unwind *unwind, uintptr_t frame)
{
    static __thread struct unwind reference;
    if (!reference.frames) {
        unwind_begin(&reference, unwind->limit, memory_map(unwind_room(unwind->limit)));
    }
    uint64_t hash = __real_unwind_take(unwind, frame);
    uint64_t expected = unwind_take_reference(&reference, frame);
    atomic_fetch_add(&stacks, 1);
    if (unwind->depth == reference.depth && hash == expected && is_prefix(unwind, &reference)) {
        atomic_fetch_add(&agreed, 1);
    } else if (reference.depth < unwind->depth && is_prefix(&reference, unwind)) {
        atomic_fetch_add(&shorter, 1);
        keep(unwind, &reference);
    } else if (agree_but_for_methods(unwind, &reference)) {
        atomic_fetch_add(&agreed, 1);
    } else {
        keep(unwind, &reference);
    }
    return hash;
}

static void print_stack(int fd, const char *name, const uintptr_t *addresses, unsigned depth)
{
    dprintf(fd, "  %s %u\n", name, depth);
    for (unsigned i = 0; i < depth; i++) {
        const struct module *module = modules_find(addresses[i]);
        dprintf(fd, "    %lx %s+%lx\n", (unsigned long)addresses[i], module ? module->path : "?",
                (unsigned long)(module ? addresses[i] - module->bias : 0));
    }
}

static __attribute__((destructor)) void report(void)
{
    const char *path = getenv("HEAPDIFF_CHECK");
    int fd = path ? open(path, O_CREAT | O_APPEND | O_WRONLY, 0600) : -1;
    if (fd < 0 || !atomic_load(&stacks))
        return;
    dprintf(fd, "stacks %lu agreed %lu shorter %lu\n", atomic_load(&stacks), atomic_load(&agreed),
            atomic_load(&shorter));
    for (unsigned i = 0; i < kept && i < KEPT; i++) {
        dprintf(fd, "disagreement\n");
        print_stack(fd, "fast", disagreements[i].fast, disagreements[i].fast_depth);
        print_stack(fd, "reference", disagreements[i].reference, disagreements[i].reference_depth);
    }
    close(fd);
}
