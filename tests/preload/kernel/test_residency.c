/* test_residency.c -- Counted page by page a process is what smaps says.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include "kernel/residency.h"

#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>

#include "kernel/pagemap.h"
#include "test.h"

#define PAGE 4096u

static int pagemap;

static int open_pagemap(void **state)
{
    (void)state;
    pagemap = pagemap_open();
    return pagemap < 0;
}

static int close_pagemap(void **state)
{
    (void)state;
    pagemap_close(pagemap);
    return 0;
}

/* Between two without access: it merges with no other. Pages of the usual size. */
static char *map(size_t pages)
{
    size_t size = (pages + 2) * PAGE;
    char *start = mmap(NULL, size, PROT_NONE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
    assert_true(start != MAP_FAILED);
    assert_int_equal(mprotect(start + PAGE, size - (size_t)2 * PAGE, PROT_READ | PROT_WRITE), 0);
    madvise(start + PAGE, size - (size_t)2 * PAGE, MADV_NOHUGEPAGE);
    return start + PAGE;
}

static void unmap(char *start, size_t pages)
{
    munmap(start - PAGE, (pages + 2) * PAGE);
}

static struct process_mapping mapping_at(enum process_way way, const void *address)
{
    struct process_maps maps;
    assert_int_equal(process_read_maps(&maps, way, pagemap), 0);
    size_t at = process_mapping_after(&maps, (uintptr_t)address);
    assert_true(at < maps.count && maps.mappings[at].start == (uintptr_t)address);
    struct process_mapping found = maps.mappings[at];
    process_maps_done(&maps);
    return found;
}

static void assert_same(const struct process_mapping *a, const struct process_mapping *b)
{
    assert_int_equal(a->end, b->end);
    assert_string_equal(a->permissions, b->permissions);
    assert_int_equal(a->rss, b->rss);
    if (!((a->unknown | b->unknown) & PROCESS_NO_PSS))
        assert_int_equal(a->pss, b->pss);
    if (!((a->unknown | b->unknown) & PROCESS_NO_DIRTY))
        assert_int_equal(a->dirty, b->dirty);
    assert_int_equal(a->swap, b->swap);
}

/* Counted by finding where the kernel can, and said by smaps. */
static struct process_mapping counted(const void *address)
{
    struct process_mapping found = mapping_at(PROCESS_BY_FINDING, address);
    struct process_mapping said = mapping_at(PROCESS_BY_SMAPS, address);
    assert_int_equal(said.unknown, 0);
    assert_same(&found, &said);
    return found;
}

static void pages_that_were_written_to_are_the_process_s_own(void **state)
{
    char *start = map(3000);
    for (unsigned i = 0; i < 3000; i += 3)
        start[i * PAGE] = 1;
    struct process_mapping found = counted(start);
    assert_int_equal(found.rss, 1000 * PAGE);
    assert_int_equal(found.pss, 1000 * PAGE);
    assert_int_equal(found.dirty, 1000 * PAGE);
    assert_int_equal(found.unknown, 0);
    unmap(start, 3000);
}

static void pages_that_were_only_read_have_no_owner(void **state)
{
    char *start = map(100);
    int sum = 0;
    for (unsigned i = 0; i < 100; i++)
        sum += ((volatile char *)start)[i * PAGE];
    assert_int_equal(sum, 0);
    start[50 * PAGE] = 1;
    assert_int_equal(counted(start).rss, PAGE);
    unmap(start, 100);
}

/* The child lives until its standard input ends. */
static void of_pages_shared_with_a_child_the_share_is_unknown(void **state)
{
    char *start = map(100), byte;
    int pipes[2];
    memset(start, 1, (size_t)100 * PAGE);
    assert_int_equal(pipe(pipes), 0);
    pid_t child = fork();
    if (child == 0) {
        close(pipes[1]);
        _exit(read(pipes[0], &byte, 1) == 0 ? 0 : 1);
    }
    close(pipes[0]);
    memset(start, 2, (size_t)10 * PAGE); /* copied */
    struct process_mapping found = counted(start);
    assert_int_equal(found.rss, 100 * PAGE);
    assert_int_equal(found.dirty, 10 * PAGE);
    assert_true(found.unknown & PROCESS_NO_PSS || found.pss == 55 * PAGE);
    close(pipes[1]);
    int status;
    assert_int_equal(waitpid(child, &status, 0), child);
    assert_int_equal(status, 0);
    unmap(start, 100);
}

static void of_shared_memory_only_what_is_resident_is_known(void **state)
{
    int fd = memfd_create("shared", MFD_CLOEXEC);
    assert_int_equal(ftruncate(fd, (off_t)64 * PAGE), 0);
    char *start = mmap(NULL, (size_t)64 * PAGE, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
    assert_true(start != MAP_FAILED);
    memset(start, 1, (size_t)10 * PAGE);
    struct process_mapping found = mapping_at(PROCESS_BY_FINDING, start);
    struct process_mapping said = mapping_at(PROCESS_BY_SMAPS, start);
    assert_int_equal(found.rss, 10 * PAGE);
    assert_same(&found, &said);
    assert_true(said.unknown || found.unknown & PROCESS_NO_DIRTY || !residency_can_find(pagemap));
    munmap(start, (size_t)64 * PAGE);
    close(fd);
}

/* Every mapping of this process, libraries too. What the test itself touches between the two
 * readings is its stack, its heap and the reader's own memory. */
static void all_of_a_process_is_what_smaps_says(void **state)
{
    struct process_maps said, found;
    assert_int_equal(process_read_maps(&found, PROCESS_BY_FINDING, pagemap), 0);
    assert_int_equal(process_read_maps(&said, PROCESS_BY_SMAPS, pagemap), 0);
    size_t same = 0;
    uint64_t sum = 0;
    for (size_t i = 0; i < found.count; i++) {
        const struct process_mapping *one = &found.mappings[i];
        size_t at = process_mapping_after(&said, one->start);
        sum += one->rss;
        if (at < said.count && said.mappings[at].start == one->start &&
            said.mappings[at].rss == one->rss)
            same++;
    }
    assert_int_equal(sum, found.rss);
    assert_in_range(same, found.count - 8, found.count);
    process_maps_done(&said);
    process_maps_done(&found);
}

static void without_finding_the_entries_say_the_same(void **state)
{
    char *start = map(3000);
    memset(start, 1, (size_t)2000 * PAGE);
    struct process_mapping said = mapping_at(PROCESS_BY_SMAPS, start), read = said;
    assert_int_equal(residency_count(pagemap, RESIDENCY_READ, &read), 0);
    assert_same(&read, &said);
    assert_int_equal(read.rss, 2000 * PAGE);
    assert_int_equal(read.unknown, 0);
    unmap(start, 3000);
}

static void without_finding_the_zero_page_is_a_doubt(void **state)
{
    char *start = map(100);
    assert_int_equal(((volatile char *)start)[0], 0);
    start[PAGE] = 1;
    struct process_mapping read = mapping_at(PROCESS_BY_SMAPS, start);
    assert_int_equal(residency_count(pagemap, RESIDENCY_READ, &read), PAGE);
    assert_int_equal(read.rss, 2 * PAGE);
    assert_true(read.unknown & PROCESS_NO_PSS);
    unmap(start, 100);
}

static void what_was_reserved_and_never_touched_costs_nothing(void **state)
{
    size_t size = (size_t)1 << 42;
    char *start = mmap(NULL, size, PROT_NONE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
    if (start == MAP_FAILED || !residency_can_find(pagemap)) {
        skip();
        return;
    }
    assert_int_equal(residency_of(pagemap, (uintptr_t)start, (uintptr_t)start + size), 0);
    /* the last page of it is found, and found at once: 2^30 entries would take minutes */
    char *last = start + size - PAGE;
    assert_int_equal(mprotect(last, PAGE, PROT_READ | PROT_WRITE), 0);
    *last = 1;
    assert_int_equal(residency_of(pagemap, (uintptr_t)start, (uintptr_t)start + size), PAGE);
    munmap(start, size);
}

static void resident_pages_of_a_range_are_counted_one_by_one(void **state)
{
    char *start = map(3000);
    uintptr_t from = (uintptr_t)start, to = from + 3000 * PAGE;
    assert_int_equal(residency_of(pagemap, from, to), 0);
    for (unsigned i = 0; i < 3000; i += 3)
        start[i * PAGE] = 1;
    assert_int_equal(residency_of(pagemap, from, to), 1000 * PAGE);
    assert_int_equal(residency_of(pagemap, from, from + PAGE), PAGE);
    assert_int_equal(residency_of(pagemap, from + 1, from + PAGE - 1), PAGE);
    assert_int_equal(residency_of(pagemap, from + PAGE, from + 3 * PAGE), 0);
    assert_int_equal(residency_of(pagemap, from, from), 0);
    assert_int_equal(residency_of(-1, from, to), 0);
    unmap(start, 3000);
}

static void a_small_process_is_read_from_smaps_and_a_large_one_is_not(void **state)
{
    size_t pages = 80000; /* 312 MiB */
    if (process_status_bytes("VmRSS") < (uint64_t)200 << 20)
        assert_int_equal(process_choose_way(pagemap), PROCESS_BY_SMAPS);
    char *start = map(pages);
    for (size_t i = 0; i < pages; i++)
        start[i * PAGE] = 1;
    if (residency_can_find(pagemap))
        assert_int_equal(process_choose_way(pagemap), PROCESS_BY_FINDING);
    unmap(start, pages);
}

#define PAGEMAP_TEST(name) cmocka_unit_test_setup_teardown(name, open_pagemap, close_pagemap)

TEST_MAIN(PAGEMAP_TEST(pages_that_were_written_to_are_the_process_s_own),
          PAGEMAP_TEST(pages_that_were_only_read_have_no_owner),
          PAGEMAP_TEST(of_pages_shared_with_a_child_the_share_is_unknown),
          PAGEMAP_TEST(of_shared_memory_only_what_is_resident_is_known),
          PAGEMAP_TEST(all_of_a_process_is_what_smaps_says),
          PAGEMAP_TEST(without_finding_the_entries_say_the_same),
          PAGEMAP_TEST(without_finding_the_zero_page_is_a_doubt),
          PAGEMAP_TEST(what_was_reserved_and_never_touched_costs_nothing),
          PAGEMAP_TEST(resident_pages_of_a_range_are_counted_one_by_one),
          PAGEMAP_TEST(a_small_process_is_read_from_smaps_and_a_large_one_is_not))
