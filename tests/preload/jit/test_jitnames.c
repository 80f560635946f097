/* test_jitnames.c -- Which name an address had when its stack was first seen.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include "jit/jitnames.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/host.h"
#include "jit/jitdump_file.h"
#include "jit/memory_file.h"
#include "random.h"
#include "tables/jitmap.h"
#include "test.h"

static struct jitnames names;
static struct jitdump_file dump;
static char map[4096];

/* A stack of one frame; the call lies one byte before the return address. */
union seen {
    struct stack stack;
    char room[sizeof(struct stack) + sizeof(uintptr_t)];
};

static union seen seen_at(uintptr_t address, uint32_t map_size, uint64_t time)
{
    union seen seen = {.stack = {.depth = 1, .jitmap_size = map_size, .seen_ns = time}};
    memcpy((char *)&seen + offsetof(struct stack, frames), &(uintptr_t){address + 1},
           sizeof address);
    return seen;
}

static struct jitname find(union seen *seen)
{
    return jitnames_find(&names, seen->stack.frames[0], &seen->stack);
}

static void read_files(const char *text, const struct jitdump_file *file)
{
    int map_fd = text ? memory_file(text, strlen(text)) : -1;
    int dump_fd = file ? memory_file(file->bytes, file->size) : -1;
    names.limits_hold = true;
    jitnames_read(&names, map_fd, dump_fd);
    if (map_fd >= 0)
        close(map_fd);
    if (dump_fd >= 0)
        close(dump_fd);
}

static int done(void **state)
{
    jitnames_done(&names);
    return 0;
}

/* The name that a stack gets which was first seen at that size of the map, or time of the dump. */
static void expect(uintptr_t address, uint32_t map_size, uint64_t time, const char *name)
{
    union seen seen = seen_at(address, map_size, time);
    jitnames_ask(&names, &seen.stack);
    read_files(*map ? map : NULL, dump.size ? &dump : NULL);
    if (name)
        assert_string_equal(find(&seen).name, name);
    else
        assert_null(find(&seen).name);
    jitnames_done(&names);
}

static int nothing(void **state)
{
    *map = '\0';
    dump.size = 0;
    return 0;
}

static void an_address_has_the_name_of_its_entry(void **state)
{
    strcpy(map, "7f0010 20 first\n7f0100 10 second\n");
    expect(0x7f000f, JITMAP_HUGE, 0, NULL);
    expect(0x7f0010, JITMAP_HUGE, 0, "first");
    expect(0x7f002f, JITMAP_HUGE, 0, "first");
    expect(0x7f0030, JITMAP_HUGE, 0, NULL);
    expect(0x7f010f, JITMAP_HUGE, 0, "second");
}

static void the_last_entry_that_existed_then_wins(void **state)
{
    uint32_t sizes[4] = {0};
    for (uint32_t i = 0; i < 3; i++)
        sizes[i + 1] = sizes[i] + (uint32_t)sprintf(map + sizes[i], "1000 100 life %u\n", i + 1);
    expect(0x1010, sizes[1], 0, "life 1");
    expect(0x1010, sizes[2], 0, "life 2");
    expect(0x1010, sizes[3], 0, "life 3");
    expect(0x1010, JITMAP_HUGE, 0, "life 3");
    expect(0x1010, sizes[2] + 1, 0, "life 3"); /* a line that was half-way there is there */
}

static void of_later_entries_the_first_is_better_than_none(void **state)
{
    uint32_t size = (uint32_t)sprintf(map, "9000 100 elsewhere\n");
    strcpy(map + size, "1000 100 late\n1000 100 later\n");
    expect(0x1010, size, 0, "late");
    expect(0x1010, JITMAP_UNKNOWN, 0, "late");
}

static void a_map_that_was_written_anew_tells_no_time(void **state)
{
    union seen seen = seen_at(0x1010, 5, 0);
    const char text[] = "1000 100 old\n1000 100 new\n";
    int fd = memory_file(text, sizeof text - 1);
    jitnames_ask(&names, &seen.stack);
    names.limits_hold = false;
    jitnames_read(&names, fd, -1);
    close(fd);
    assert_string_equal(find(&seen).name, "new");
}

static void stacks_of_different_times_have_different_names(void **state)
{
    uint32_t size = (uint32_t)sprintf(map, "1000 100 old\n");
    strcpy(map + size, "1000 100 new\n");
    union seen old = seen_at(0x1010, size, 0), new = seen_at(0x1010, JITMAP_HUGE, 0);
    jitnames_ask(&names, &new.stack);
    jitnames_ask(&names, &old.stack);
    read_files(map, NULL);
    assert_string_equal(find(&old).name, "old");
    assert_string_equal(find(&new).name, "new");
}

static void wide_entries_show_beside_small_ones(void **state)
{
    strcpy(map, "1000 10000 wide\n2000 10 small\n");
    expect(0x1fff, JITMAP_HUGE, 0, "wide");
    expect(0x2000, JITMAP_HUGE, 0, "small");
    expect(0x2010, JITMAP_HUGE, 0, "wide");
}

static void a_jitdump_tells_the_time_itself(void **state)
{
    jitdump_header(&dump, 0);
    jitdump_load(&dump, 100, 0x1000, 0x100, 1, "life 1");
    jitdump_load(&dump, 200, 0x1000, 0x80, 2, "life 2");
    expect(0x1010, 0, 150, "life 1");
    expect(0x1010, 0, 250, "life 2");
    expect(0x1090, 0, 250, "life 1");
    expect(0x1010, 0, 50, "life 1");
    expect(0x2000, 0, 250, NULL);
}

static void a_clock_that_cannot_be_read_tells_nothing(void **state)
{
    jitdump_header(&dump, 1);
    jitdump_load(&dump, UINT64_MAX, 0x1000, 0x100, 1, "first");
    jitdump_load(&dump, UINT64_MAX, 0x1000, 0x100, 1, "last");
    expect(0x1010, 0, 150, "last");
}

static void code_that_moves_keeps_its_name(void **state)
{
    jitdump_header(&dump, 0);
    jitdump_load(&dump, 100, 0x1000, 0x100, 7, "mover");
    jitdump_load(&dump, 110, 0x3000, 0x100, 8, "other");
    jitdump_move(&dump, 200, 0x1000, 0x2000, 0x100, 7);
    jitdump_move(&dump, 200, 0x1000, 0x4000, 0x100, 99);
    expect(0x1010, 0, 150, "mover");
    expect(0x2010, 0, 250, "mover");
    expect(0x3010, 0, 250, "other");
    expect(0x4010, 0, 250, NULL);
}

static void the_map_goes_before_the_jitdump(void **state)
{
    strcpy(map, "1000 80 of the map\n");
    jitdump_header(&dump, 0);
    jitdump_load(&dump, 100, 0x1000, 0x100, 1, "of the dump");
    expect(0x1010, JITMAP_HUGE, 150, "of the map");
    expect(0x1090, JITMAP_HUGE, 150, "of the dump");
}

static struct jitname name_of(uintptr_t address)
{
    union seen seen = seen_at(address, 0, 1000);
    jitnames_ask(&names, &seen.stack);
    read_files(NULL, &dump);
    return find(&seen);
}

static void lines_are_given_where_the_name_has_none(void **state)
{
    jitdump_header(&dump, 0);
    jitdump_lines(&dump, 0x1000, 41, "/app/Main.java");
    jitdump_load(&dump, 100, 0x1000, 0x100, 1, "Main.run");
    struct jitname name = name_of(0x1008);
    assert_string_equal(name.name, "Main.run");
    assert_string_equal(name.file, "/app/Main.java");
    assert_int_equal(name.line, 41);
    jitnames_done(&names);
    name = name_of(0x1010);
    assert_string_equal(name.file, "/app/Main.java");
    assert_int_equal(name.line, 42);
}

static void the_place_in_a_name_is_not_contradicted(void **state)
{
    jitdump_header(&dump, 0);
    jitdump_lines(&dump, 0x1000, 41, "/app/a.js");
    jitdump_load(&dump, 100, 0x1000, 0x100, 1, "JS:*f /app/a.js:7:3");
    assert_null(name_of(0x1008).file);
}

static void lines_of_other_code_are_not_taken(void **state)
{
    jitdump_header(&dump, 0);
    jitdump_lines(&dump, 0x9000, 41, "/app/Main.java");
    jitdump_load(&dump, 100, 0x1000, 0x100, 1, "Main.run");
    assert_null(name_of(0x1008).file);
}

static void what_is_no_jitdump_is_not_read(void **state)
{
    dump.size = 0;
    jitdump_put(&dump, "JiTD", 4);
    expect(0x1010, 0, 150, NULL);
    jitdump_header(&dump, 0);
    dump.bytes[4] = 9; /* a version to come */
    jitdump_load(&dump, 100, 0x1000, 0x100, 1, "f");
    expect(0x1010, 0, 150, NULL);
}

static void a_jitdump_that_is_being_written_is_read_up_to_there(void **state)
{
    jitdump_header(&dump, 0);
    jitdump_load(&dump, 100, 0x1000, 0x10, 1, "whole");
    size_t whole = dump.size;
    jitdump_load(&dump, 100, 0x2000, 0x10, 2, "half");
    for (size_t size = whole; size < dump.size; size++) {
        struct jitdump_file part = dump;
        part.size = size;
        union seen seen = seen_at(0x1008, 0, 150);
        jitnames_ask(&names, &seen.stack);
        read_files(NULL, &part);
        assert_string_equal(find(&seen).name, "whole");
        jitnames_done(&names);
    }
}

static void the_map_of_this_process_is_found(void **state)
{
    char path[JITMAP_PATH_SIZE];
    const struct process_maps none = {0};
    union seen seen = seen_at(0x1008, 0, 0);
    host_begin();
    jitmap_path(path, (int)getpid());
    FILE *file = fopen(path, "w");
    assert_non_null(file);
    fputs("1000 10 JS:*leak /app/server.js:7:3\n", file);
    fclose(file);
    const uintptr_t foreign = 0x1009;
    assert_int_equal(jitmap_size(&foreign, 1), 36);
    jitnames_ask(&names, &seen.stack);
    jitnames_answer(&names, &none, (int)getpid());
    unlink(path);
    assert_true(names.limits_hold);
    assert_string_equal(find(&seen).name, "JS:*leak /app/server.js:7:3");
    assert_int_equal(jitmap_size(&foreign, 1), JITMAP_UNKNOWN);
}

#define NAMES_TEST(name) cmocka_unit_test_setup_teardown(name, nothing, done)

TEST_MAIN(NAMES_TEST(an_address_has_the_name_of_its_entry),
          NAMES_TEST(the_last_entry_that_existed_then_wins),
          NAMES_TEST(of_later_entries_the_first_is_better_than_none),
          NAMES_TEST(a_map_that_was_written_anew_tells_no_time),
          NAMES_TEST(stacks_of_different_times_have_different_names),
          NAMES_TEST(wide_entries_show_beside_small_ones),
          NAMES_TEST(a_jitdump_tells_the_time_itself),
          NAMES_TEST(a_clock_that_cannot_be_read_tells_nothing),
          NAMES_TEST(code_that_moves_keeps_its_name), NAMES_TEST(the_map_goes_before_the_jitdump),
          NAMES_TEST(lines_are_given_where_the_name_has_none),
          NAMES_TEST(the_place_in_a_name_is_not_contradicted),
          NAMES_TEST(lines_of_other_code_are_not_taken), NAMES_TEST(what_is_no_jitdump_is_not_read),
          NAMES_TEST(a_jitdump_that_is_being_written_is_read_up_to_there),
          NAMES_TEST(the_map_of_this_process_is_found))
