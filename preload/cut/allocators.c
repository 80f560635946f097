/* allocators.c -- Statistics of the program's allocator: table allocator.
 *
 * glibc is not asked: mallinfo2 takes the locks of its arenas, and the control process may be
 * killed while it holds one; while the program has one thread, glibc's malloc takes no lock at all.
 * The holes between live blocks (arenas.c) give the same numbers. The functions of other allocators
 * are looked up in the module that defines malloc, without the loader.
 *
 * Every allocator has three common statistics beside its own:
 *   allocated_bytes  in blocks that the program has
 *   free_bytes       resident or not, kept for later blocks
 *   held_bytes       got from the kernel and not given back
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include "cut/allocators.h"

#include <malloc.h> /* mallinfo2 */
#include <stdio.h>
#include <string.h>

#include "base/clock.h"
#include "real/real.h"
#include "tables/dynsym.h"
#include "tables/modules.h"

/* An allocator that once took so long is not asked again: the program may wait for it. */
#define MOST_NS 5000000

static void allocators_add(struct allocators *to, const char *statistic, uint64_t value)
{
    if (to->count == ALLOCATORS_ROWS)
        return;
    struct allocator_row *row = &to->rows[to->count++];
    snprintf(row->statistic, sizeof row->statistic, "%s", statistic);
    row->value = value;
}

static const struct module *malloc_module(void)
{
    return modules_find((uintptr_t)real.malloc);
}

static void *allocators_symbol(const char *name)
{
    struct dynsym_function function;
    const struct module *module = malloc_module();
    return module && dynsym_find(module, name, &function) ? (void *)function.start : NULL;
}

/* ---- glibc --------------------------------------------------------------------------------------
 */

void allocators_count_glibc(struct allocators *to, const struct arenas *arenas)
{
    uint64_t held = arenas->outside_bytes, free = 0, top = 0;
    for (size_t i = 0; i < arenas->count; i++) {
        const struct arena *arena = &arenas->list[i];
        uint64_t size = arena->end - arena->start;
        held += size;
        free += size - (arena->chunk_bytes < size ? arena->chunk_bytes : size);
        top += arena->top_bytes;
    }
    allocators_add(to, "keepcost", top);
    allocators_add(to, "allocated_bytes", held - free);
    allocators_add(to, "free_bytes", free);
    allocators_add(to, "held_bytes", held);
}

/* ---- jemalloc -----------------------------------------------------------------------------------
 */

typedef int mallctl_function(const char *, void *, size_t *, void *, size_t);

static mallctl_function *mallctl_found(void)
{
    void *found = allocators_symbol("mallctl");
    return (mallctl_function *)(found ? found : allocators_symbol("je_mallctl"));
}

/* size_t, unsigned, or uint32_t: the value's own width is asked for. */
static uint64_t ask_mallctl(mallctl_function *mallctl, const char *name)
{
    uint64_t wide = 0;
    uint32_t narrow = 0;
    size_t size = sizeof wide;
    if (mallctl(name, &wide, &size, NULL, 0) == 0)
        return wide;
    size = sizeof narrow;
    return mallctl(name, &narrow, &size, NULL, 0) == 0 ? narrow : 0;
}

#define BIN  "arenas.bin.%u."
#define BINS "stats.arenas.4096.bins.%u." /* 4096 stands for all arenas together */

static uint64_t ask_bin(mallctl_function *mallctl, unsigned bin, bool live, const char *what)
{
    char name[64];
    int length =
        live ? snprintf(name, sizeof name, BINS, bin) : snprintf(name, sizeof name, BIN, bin);
    snprintf(name + length, sizeof name - (size_t)length, "%s", what);
    return ask_mallctl(mallctl, name);
}

/* Free slots in the slabs of small blocks. */
static void ask_bins(struct allocators *to, mallctl_function *mallctl)
{
    unsigned bins = (unsigned)ask_mallctl(mallctl, "arenas.nbins");
    for (unsigned bin = 0; bin < bins && bin < 128; bin++) {
        uint64_t size = ask_bin(mallctl, bin, false, "size");
        uint64_t slots =
            ask_bin(mallctl, bin, false, "nregs") * ask_bin(mallctl, bin, true, "curslabs");
        uint64_t used = ask_bin(mallctl, bin, true, "curregs");
        char statistic[40];
        snprintf(statistic, sizeof statistic, "free_bytes of %u", (unsigned)size);
        if (slots > used)
            allocators_add(to, statistic, (slots - used) * size);
    }
}

static void ask_jemalloc(struct allocators *to)
{
    static const char *const names[] = {"allocated", "active",   "metadata",
                                        "resident",  "retained", "mapped"};
    mallctl_function *mallctl = mallctl_found();
    uint64_t epoch = 1, values[6];
    mallctl("epoch", NULL, NULL, &epoch, sizeof epoch); /* the numbers are of this moment */
    for (unsigned i = 0; i < 6; i++) {
        char name[32];
        snprintf(name, sizeof name, "stats.%s", names[i]);
        allocators_add(to, names[i], values[i] = ask_mallctl(mallctl, name));
    }
    allocators_add(to, "narenas", ask_mallctl(mallctl, "arenas.narenas"));
    allocators_add(to, "allocated_bytes", values[0]);
    allocators_add(to, "free_bytes",
                   values[5] > values[0] + values[2] ? values[5] - values[0] - values[2] : 0);
    allocators_add(to, "held_bytes", values[5]);
    ask_bins(to, mallctl);
}

/* ---- tcmalloc -----------------------------------------------------------------------------------
 */

static void ask_tcmalloc(struct allocators *to)
{
    static const char *const names[] = {
        "generic.current_allocated_bytes",   "generic.heap_size",
        "tcmalloc.pageheap_free_bytes",      "tcmalloc.pageheap_unmapped_bytes",
        "tcmalloc.central_cache_free_bytes", "tcmalloc.transfer_cache_free_bytes",
        "tcmalloc.thread_cache_free_bytes"};
    int (*property)(const char *, size_t *) =
        (int (*)(const char *, size_t *))allocators_symbol("MallocExtension_GetNumericProperty");
    size_t values[7] = {0};
    for (unsigned i = 0; i < 7; i++)
        if (property(names[i], &values[i]))
            allocators_add(to, names[i], values[i]);
    allocators_add(to, "allocated_bytes", values[0]);
    allocators_add(to, "free_bytes", values[2] + values[4] + values[5] + values[6]);
    allocators_add(to, "held_bytes", values[1] > values[3] ? values[1] - values[3] : 0);
}

/* ---- mimalloc -----------------------------------------------------------------------------------
 */

/* It counts committed memory; only its debug builds know how much of that is in blocks. */
static void ask_mimalloc(struct allocators *to)
{
    typedef void process_info(size_t *, size_t *, size_t *, size_t *, size_t *, size_t *, size_t *,
                              size_t *);
    process_info *info = (process_info *)allocators_symbol("mi_process_info");
    size_t current = 0, peak = 0, rest[6];
    info(&rest[0], &rest[1], &rest[2], &rest[3], &rest[4], &current, &peak, &rest[5]);
    allocators_add(to, "current_commit", current);
    allocators_add(to, "peak_commit", peak);
    allocators_add(to, "held_bytes", current);
}

/* ---- which one ----------------------------------------------------------------------------------
 */

void allocators_find(struct allocators *allocators)
{
    allocators->count = 0;
    allocators->skipped = false;
    allocators->name = NULL;
    if (malloc_module() && malloc_module() == modules_find((uintptr_t)mallinfo2))
        allocators->name = ALLOCATORS_GLIBC;
    else if (mallctl_found())
        allocators->name = "jemalloc";
    else if (allocators_symbol("MallocExtension_GetNumericProperty"))
        allocators->name = "tcmalloc";
    else if (allocators_symbol("mi_process_info"))
        allocators->name = "mimalloc";
}

void allocators_ask(struct allocators *allocators)
{
    static const struct {
        const char *name;
        void (*ask)(struct allocators *);
    } known[] = {
        {"jemalloc", ask_jemalloc}, {"tcmalloc", ask_tcmalloc}, {"mimalloc", ask_mimalloc}};
    static uint64_t slowest;
    for (unsigned i = 0; i < sizeof known / sizeof *known; i++) {
        if (!allocators->name || strcmp(known[i].name, allocators->name) != 0)
            continue;
        allocators->skipped = slowest > MOST_NS;
        if (allocators->skipped)
            return;
        uint64_t begun = clock_now();
        known[i].ask(allocators);
        uint64_t took = clock_now() - begun;
        slowest = took > slowest ? took : slowest;
    }
}
