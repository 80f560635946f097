/* test_process.c -- What the kernel says about a process is read right, by the byte.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include "kernel/process.h"

#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "jit/alias.h"
#include "test.h"
#include "threads.h"

#define PAGE 4096u

static struct process_maps maps;

static int read_maps(void **state)
{
    (void)state;
    return process_read_maps(&maps, PROCESS_BY_SMAPS, -1);
}

static int done(void **state)
{
    (void)state;
    process_maps_done(&maps);
    return 0;
}

static void read_again(void)
{
    process_maps_done(&maps);
    assert_int_equal(process_read_maps(&maps, PROCESS_BY_SMAPS, -1), 0);
}

static const char *path_of(const struct process_mapping *mapping)
{
    return maps.paths + mapping->path;
}

static const struct process_mapping *mapping_at(const void *address)
{
    for (size_t i = 0; i < maps.count; i++)
        if ((uintptr_t)address >= maps.mappings[i].start &&
            (uintptr_t)address < maps.mappings[i].end)
            return &maps.mappings[i];
    return NULL;
}

/* What /proc/self/smaps says when it is opened; NULL: what it really says. */
static const char *smaps;

int __real_open(const char *path, int flags, ...);
int __wrap_open(const char *path, int flags, ...);

int __wrap_open(const char *path, int flags, ...)
{
    if (!smaps || strcmp(path, "/proc/self/smaps") != 0)
        return __real_open(path, flags, 0600);
    int fd = memfd_create("smaps", MFD_CLOEXEC);
    assert_int_equal(write(fd, smaps, strlen(smaps)), strlen(smaps));
    lseek(fd, 0, SEEK_SET);
    return fd;
}

static void assert_mapping(size_t index, uintptr_t start, uintptr_t end, uint64_t rss)
{
    assert_int_equal(maps.mappings[index].start, start);
    assert_int_equal(maps.mappings[index].end, end);
    assert_int_equal(maps.mappings[index].rss, rss);
}

/* As the kernel shows them when they change between two reads. */
static void mappings_that_come_again_or_overlap_are_told_once(void **state)
{
    (void)state;
    smaps = "1000-2000 rw-p 00000000 00:00 0\nRss: 4 kB\n"
            "2000-3000 rw-p 00000000 00:00 0\nRss: 4 kB\n"
            "2000-5000 rw-p 00000000 00:00 0\nRss: 8 kB\n"  /* has grown */
            "4000-6000 r--p 00000000 00:00 0\nRss: 12 kB\n" /* took the place of a part */
            "7000-8000 rw-p 00000000 00:00 0\nRss: 4 kB\n"
            "8000-9000 rw-p 00000000 00:00 0\nRss: 4 kB\n"
            "6800-a000 rw-p 00000000 00:00 0\nRss: 16 kB\n"; /* both have become one */
    read_again();
    smaps = NULL;
    assert_int_equal(maps.count, 4);
    assert_mapping(0, 0x1000, 0x2000, 4096);
    assert_mapping(1, 0x2000, 0x4000, 8192);
    assert_mapping(2, 0x4000, 0x6000, 12288);
    assert_mapping(3, 0x6800, 0xa000, 16384);
    assert_int_equal(maps.rss, 40960);
}

static void a_line_that_cannot_be_understood_is_no_lack_of_memory(void **state)
{
    (void)state;
    struct process_maps none;
    smaps = "00400000-00401000 r-xp 00000000 00:00 0\nnonsense\n";
    assert_int_equal(process_read_maps(&none, PROCESS_BY_SMAPS, -1), EBADMSG);
    process_maps_done(&none);
    smaps = NULL;
}

static void mappings_are_sorted_and_their_rss_adds_up(void **state)
{
    uint64_t sum = 0;
    assert_true(maps.count > 10);
    for (size_t i = 0; i < maps.count; i++) {
        const struct process_mapping *mapping = &maps.mappings[i];
        assert_true(mapping->start < mapping->end);
        assert_true(i == 0 || maps.mappings[i - 1].end <= mapping->start);
        assert_true(mapping->rss <= mapping->end - mapping->start);
        assert_true(mapping->pss <= mapping->rss && mapping->dirty <= mapping->rss);
        sum += mapping->rss;
    }
    assert_int_equal(sum, maps.rss);
    assert_true(maps.rss > 100 * PAGE);
}

static void the_programs_file_and_stack_are_known(void **state)
{
    char own[PATH_MAX];
    int local = 0;
    ssize_t length = readlink("/proc/self/exe", own, sizeof own - 1);
    own[length > 0 ? length : 0] = '\0';
    const struct process_mapping *text = mapping_at((const void *)read_maps);
    assert_non_null(text);
    assert_string_equal(path_of(text), own);
    assert_int_equal(text->kind, MAPPED_FILE);
    assert_string_equal(text->permissions, "r-xp");
    const struct process_mapping *stack = mapping_at(&local);
    assert_non_null(stack);
    assert_int_equal(stack->kind, MAPPED_STACK);
    assert_true(stack->rss > 0);
}

static void the_heap_of_the_break_is_a_heap(void **state)
{
    char *end = sbrk(16 * PAGE);
    assert_true(end != (void *)-1);
    memset(end, 1, 16 * PAGE);
    read_again();
    const struct process_mapping *heap = mapping_at(end);
    assert_non_null(heap);
    assert_int_equal(heap->kind, MAPPED_HEAP);
    assert_true(heap->rss >= 15 * PAGE);
    assert_int_equal(brk(end), 0);
}

/* A mapping that merges with no other. */
static char *map_file(int fd, size_t size)
{
    char *start = mmap(NULL, size, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
    assert_true(start != MAP_FAILED);
    return start;
}

static void shared_memory_is_told_from_files_and_its_name_may_have_blanks(void **state)
{
    int fd = memfd_create("two words", MFD_CLOEXEC);
    assert_true(fd >= 0);
    assert_int_equal(ftruncate(fd, 64 * PAGE), 0);
    char *start = map_file(fd, 64 * PAGE);
    memset(start, 1, 10 * PAGE);
    read_again();
    const struct process_mapping *mapping = mapping_at(start);
    assert_non_null(mapping);
    assert_string_equal(path_of(mapping), "/memfd:two words (deleted)");
    assert_int_equal(mapping->kind, MAPPED_SHARED);
    assert_int_equal(mapping->rss, 10 * PAGE);
    assert_string_equal(mapping->permissions, "rw-s");
    munmap(start, 64 * PAGE);
    close(fd);
}

static void anonymous_memory_is_private_or_shared(void **state)
{
    int flags = MAP_ANONYMOUS | MAP_NORESERVE;
    char *private = mmap(NULL, 8 * PAGE, PROT_NONE, MAP_PRIVATE | flags, -1, 0);
    char *shared = mmap(NULL, 8 * PAGE, PROT_READ | PROT_WRITE, MAP_SHARED | flags, -1, 0);
    assert_true(private != MAP_FAILED && shared != MAP_FAILED);
    read_again();
    assert_int_equal(mapping_at(private)->kind, MAPPED_ANONYMOUS);
    assert_int_equal(mapping_at(shared)->kind, MAPPED_SHARED);
    munmap(private, 8 * PAGE);
    munmap(shared, 8 * PAGE);
}

static void a_text_is_cut_where_its_room_ends(void **state)
{
    char text[8], whole[4096];
    size_t length = process_read_text("/proc/self/status", whole, sizeof whole);
    assert_in_range(length, 100, sizeof whole - 1);
    assert_int_equal(strlen(whole), length);
    assert_int_equal(process_read_text("/proc/self/status", text, sizeof text), 7);
    assert_memory_equal(text, whole, 7);
    assert_int_equal(text[7], '\0');
    assert_int_equal(process_read_text("/proc/self/nothing", text, sizeof text), 0);
    assert_string_equal(text, "");
}

static void the_peak_is_not_below_what_is_resident(void **state)
{
    assert_true(process_status_bytes("VmHWM") >= process_status_bytes("VmRSS"));
    assert_true(process_status_bytes("VmRSS") > 0);
    assert_int_equal(process_status_bytes("VmNothing"), 0);
    assert_int_equal(process_status_bytes("Vm"), 0);
}

static uintptr_t count_threads(unsigned index)
{
    return process_threads();
}

static void threads_are_counted(void **state)
{
    unsigned before = process_threads();
    assert_int_equal(before, 1);
    uintptr_t during = threads_run(1, count_threads);
    assert_in_range(during, 2, 3); /* a sanitizer may have a thread of its own */
}

/* ---- code that is mapped a second time
 * ------------------------------------------------------------ */

static void a_second_mapping_of_a_module_means_the_same_code(void **state)
{
    modules_refresh();
    uintptr_t function = (uintptr_t)dlsym(RTLD_DEFAULT, "getppid");
    const struct module *libc = modules_find(function), *found = NULL;
    int fd = open(libc->path, O_RDONLY | O_CLOEXEC);
    assert_true(fd >= 0);
    size_t size = (size_t)lseek(fd, 0, SEEK_END);
    char *copy = mmap(NULL, size, PROT_READ, MAP_PRIVATE, fd, 0);
    assert_true(copy != MAP_FAILED);
    read_again();
    const struct process_mapping *text = mapping_at((const void *)function);
    uintptr_t in_file = text->file_offset + (function - text->start), offset = 0;
    assert_true(alias_find(&maps, (uintptr_t)copy + in_file, &found, &offset));
    assert_ptr_equal(found, libc);
    assert_int_equal(offset, function - libc->bias);
    int local = 0;
    assert_false(alias_find(&maps, (uintptr_t)&local, &found, &offset));
    assert_false(alias_find(&maps, 1, &found, &offset));
    munmap(copy, size);
    close(fd);
}

#define MAPS_TEST(name) cmocka_unit_test_setup_teardown(name, read_maps, done)

TEST_MAIN(cmocka_unit_test(a_line_that_cannot_be_understood_is_no_lack_of_memory),
          MAPS_TEST(mappings_that_come_again_or_overlap_are_told_once),
          MAPS_TEST(mappings_are_sorted_and_their_rss_adds_up),
          MAPS_TEST(the_programs_file_and_stack_are_known),
          MAPS_TEST(the_heap_of_the_break_is_a_heap),
          MAPS_TEST(shared_memory_is_told_from_files_and_its_name_may_have_blanks),
          MAPS_TEST(anonymous_memory_is_private_or_shared),
          cmocka_unit_test(a_text_is_cut_where_its_room_ends),
          cmocka_unit_test(the_peak_is_not_below_what_is_resident),
          cmocka_unit_test(threads_are_counted),
          MAPS_TEST(a_second_mapping_of_a_module_means_the_same_code))
