/* test_perfmap.c -- Names of JIT code, from files that are being written to and never cleaned.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include "snapshot/perfmap.h"

#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "base/memory.h"
#include "random.h"
#include "test.h"

static struct perfmap map;

/* size bytes of text, which may hold anything. */
static void parse_bytes(const char *text, size_t size)
{
    char *copy = memory_alloc(size + 1);
    assert_non_null(copy);
    memcpy(copy, text, size);
    copy[size] = '\0';
    perfmap_parse(&map, copy, size);
}

static void parse(const char *text)
{
    parse_bytes(text, strlen(text));
}

static int done(void **state)
{
    (void)state;
    perfmap_done(&map);
    return 0;
}

static void an_address_has_the_name_of_its_entry(void **state)
{
    parse("7f0010 20 LazyCompile:*f /app/a.js:1:2\n7f0100 10 Builtin:Call\n");
    assert_int_equal(map.count, 2);
    assert_null(perfmap_find(&map, 0x7f000f));
    assert_string_equal(perfmap_find(&map, 0x7f0010), "LazyCompile:*f /app/a.js:1:2");
    assert_string_equal(perfmap_find(&map, 0x7f002f), "LazyCompile:*f /app/a.js:1:2");
    assert_null(perfmap_find(&map, 0x7f0030));
    assert_string_equal(perfmap_find(&map, 0x7f010f), "Builtin:Call");
}

static void names_may_have_blanks_and_begin_with_them(void **state)
{
    parse("1000 10 void Main.run(int, long) [tier 1]\n2000 10  indented \n3000 10 \n");
    assert_string_equal(perfmap_find(&map, 0x1000), "void Main.run(int, long) [tier 1]");
    assert_string_equal(perfmap_find(&map, 0x2000), " indented ");
    assert_string_equal(perfmap_find(&map, 0x3000), "");
}

static void the_last_entry_that_covers_an_address_wins(void **state)
{
    parse("1000 100 first\n1040 10 inner\n1000 100 second\n1080 100 third\n");
    assert_string_equal(perfmap_find(&map, 0x1000), "second");
    assert_string_equal(perfmap_find(&map, 0x1040), "second");
    assert_string_equal(perfmap_find(&map, 0x1080), "third");
    assert_string_equal(perfmap_find(&map, 0x117f), "third");
    assert_null(perfmap_find(&map, 0x1180));
}

static void an_old_wide_entry_shows_beside_newer_small_ones(void **state)
{
    parse("1000 10000 wide\n2000 10 small\n3000 10 small too\n");
    assert_string_equal(perfmap_find(&map, 0x2fff), "wide");
    assert_string_equal(perfmap_find(&map, 0x3008), "small too");
    assert_string_equal(perfmap_find(&map, 0x10fff), "wide");
}

static void a_line_that_is_still_being_written_is_left_out(void **state)
{
    parse("1000 10 whole\n2000 10 unfin");
    assert_string_equal(perfmap_find(&map, 0x1000), "whole");
    assert_null(perfmap_find(&map, 0x2000));
}

static void lines_that_make_no_sense_are_passed_over(void **state)
{
    parse("\n\n   \nhello\n1000\n1000 \n1000 zz name\nzz 10 name\n1000 0 empty\n1000\t10 tabs\n"
          "ffffffffffffffff 10 wraps\n1000 ffffffffffffffff wraps\n"
          "2000 10 good\n");
    assert_int_equal(map.count, 1);
    assert_string_equal(perfmap_find(&map, 0x2000), "good");
    assert_null(perfmap_find(&map, 0x1000));
}

static void huge_sizes_and_the_last_address_are_fine(void **state)
{
    parse("1000 ffffffffffffe000 nearly all\nfffffffffffffff0 f the end\n10 20 low\n");
    assert_string_equal(perfmap_find(&map, 0x7fffffffffff), "nearly all");
    assert_string_equal(perfmap_find(&map, UINTPTR_MAX - 1), "the end");
    assert_string_equal(perfmap_find(&map, 0x10), "low");
    assert_null(perfmap_find(&map, 0));
}

static void an_empty_map_knows_nothing(void **state)
{
    parse("");
    assert_int_equal(map.count, 0);
    assert_null(perfmap_find(&map, 0x1000));
}

static void bytes_of_any_kind_do_no_harm(void **state)
{
    static const char alphabet[] = "0123456789abcdefxX +-\n\n  \t\xff.";
    uint64_t random = 9;
    for (unsigned round = 0; round < 2000; round++) {
        char text[200];
        for (unsigned i = 0; i < sizeof text; i++) /* the terminating zero is one of them */
            text[i] = alphabet[random_below(&random, sizeof alphabet)];
        parse_bytes(text, sizeof text);
        for (unsigned i = 0; i < 20; i++) {
            const char *name =
                perfmap_find(&map, random_next(&random) >> random_below(&random, 64));
            assert_true(!name || (name > map.text && name <= map.text + sizeof text));
        }
        perfmap_done(&map);
    }
}

static void the_map_of_a_process_is_read_from_its_file(void **state)
{
    char path[64];
    snprintf(path, sizeof path, "/tmp/perf-%d.map", (int)getpid());
    FILE *file = fopen(path, "w");
    assert_non_null(file);
    fputs("1000 10 JS:*leak /app/server.js:7:3\n", file);
    fclose(file);
    perfmap_read(&map, (int)getpid());
    unlink(path);
    assert_string_equal(perfmap_find(&map, 0x1008), "JS:*leak /app/server.js:7:3");
}

static void without_a_file_the_map_is_empty(void **state)
{
    perfmap_read(&map, -7);
    assert_int_equal(map.count, 0);
    assert_null(perfmap_find(&map, 0x1000));
}

#define MAP_TEST(name) cmocka_unit_test_teardown(name, done)

TEST_MAIN(MAP_TEST(an_address_has_the_name_of_its_entry),
          MAP_TEST(names_may_have_blanks_and_begin_with_them),
          MAP_TEST(the_last_entry_that_covers_an_address_wins),
          MAP_TEST(an_old_wide_entry_shows_beside_newer_small_ones),
          MAP_TEST(a_line_that_is_still_being_written_is_left_out),
          MAP_TEST(lines_that_make_no_sense_are_passed_over),
          MAP_TEST(huge_sizes_and_the_last_address_are_fine), MAP_TEST(an_empty_map_knows_nothing),
          MAP_TEST(bytes_of_any_kind_do_no_harm),
          MAP_TEST(the_map_of_a_process_is_read_from_its_file),
          MAP_TEST(without_a_file_the_map_is_empty))
