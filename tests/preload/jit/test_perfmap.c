/* test_perfmap.c -- The map of JIT code: every line it may have, and whatever else is in the file.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include "jit/perfmap.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "jit/memory_file.h"
#include "random.h"
#include "test.h"

struct shown {
    int fd;
    uint64_t size, last_offset;
    size_t count;
    struct perfmap_entry entries[16];
    char names[16][PERFMAP_NAME_LIMIT + 1];
};
static struct shown shown;

static void keep(const struct perfmap_entry *entry, void *context)
{
    struct shown *all = context;
    assert_true(entry->start < entry->end);
    assert_true(all->count == 0 || entry->offset > all->last_offset);
    assert_true(entry->length <= PERFMAP_NAME_LIMIT);
    assert_true(entry->name > entry->offset && entry->name + entry->length < all->size);
    all->last_offset = entry->offset;
    if (all->count < 16) {
        char *name = all->names[all->count];
        all->entries[all->count] = *entry;
        assert_int_equal(pread(all->fd, name, entry->length, (off_t)entry->name), entry->length);
        name[entry->length] = '\0';
    }
    all->count++;
}

static void scan_bytes(const char *text, size_t size)
{
    memset(&shown, 0, sizeof shown);
    shown.fd = memory_file(text, size);
    shown.size = size;
    perfmap_scan(shown.fd, keep, &shown);
    close(shown.fd);
}

static void scan(const char *text)
{
    scan_bytes(text, strlen(text));
}

static void expect(size_t index, uintptr_t start, uintptr_t end, const char *name)
{
    assert_true(index < shown.count);
    assert_int_equal(shown.entries[index].start, start);
    assert_int_equal(shown.entries[index].end, end);
    assert_string_equal(shown.names[index], name);
}

static void lines_are_shown_in_their_order(void **state)
{
    scan("7f0010 20 LazyCompile:*f /app/a.js:1:2\n7f0100 10 Builtin:Call\n0x10 0X8 prefixed\n");
    assert_int_equal(shown.count, 3);
    expect(0, 0x7f0010, 0x7f0030, "LazyCompile:*f /app/a.js:1:2");
    expect(1, 0x7f0100, 0x7f0110, "Builtin:Call");
    expect(2, 0x10, 0x18, "prefixed");
    assert_int_equal(shown.entries[1].offset, 39);
}

static void names_may_have_blanks_and_begin_with_them(void **state)
{
    scan("1000 10 void Main.run(int, long) [tier 1]\n2000 10  indented \n3000 10 \n");
    expect(0, 0x1000, 0x1010, "void Main.run(int, long) [tier 1]");
    expect(1, 0x2000, 0x2010, " indented ");
    expect(2, 0x3000, 0x3010, "");
}

static void a_line_that_is_still_being_written_is_left_out(void **state)
{
    scan("1000 10 whole\n2000 10 unfin");
    assert_int_equal(shown.count, 1);
    expect(0, 0x1000, 0x1010, "whole");
}

static void lines_that_make_no_sense_are_passed_over(void **state)
{
    scan("\n\n   \nhello\n1000\n1000 \n1000 zz name\nzz 10 name\n1000 0 empty\n1000\t10 tabs\n"
         "ffffffffffffffff 10 wraps\n1000 ffffffffffffffff wraps\n-1 10 minus\n 1000 10 blank\n"
         "10000000000000000 10 overflows\n1000 00000000000000000000000000000000000000000000000010 "
         "w\n"
         "0x 10 nothing\n1000  10 two blanks\n"
         "2000 10 good\n");
    assert_int_equal(shown.count, 2);
    expect(0, 0x1000, 0x1010, "w");
    expect(1, 0x2000, 0x2010, "good");
}

static void huge_sizes_and_the_last_address_are_fine(void **state)
{
    scan("1000 ffffffffffffe000 nearly all\nfffffffffffffff0 f the end\n");
    expect(0, 0x1000, 0xfffffffffffff000, "nearly all");
    expect(1, 0xfffffffffffffff0, UINTPTR_MAX, "the end");
}

static void an_empty_map_has_nothing(void **state)
{
    scan("");
    assert_int_equal(shown.count, 0);
}

static void lines_longer_than_the_buffer_are_cut(void **state)
{
    enum { LONG = 300000 };
    char *text = malloc(LONG + 64);
    int length = sprintf(text, "1000 10 ");
    memset(text + length, 'x', LONG);
    strcpy(text + length + LONG, "\n2000 10 next\n");
    scan(text);
    free(text);
    assert_int_equal(shown.count, 2);
    assert_int_equal(strlen(shown.names[0]), PERFMAP_NAME_LIMIT);
    expect(1, 0x2000, 0x2010, "next");
}

static void lines_across_the_buffers_end_are_whole(void **state)
{
    enum { COUNT = 20000 };
    char *text = malloc(COUNT * 32), *at = text;
    for (int i = 0; i < COUNT; i++)
        at += sprintf(at, "%x 8 name number %d\n", 0x1000 + i * 16, i);
    scan(text);
    free(text);
    assert_int_equal(shown.count, COUNT);
}

static void bytes_of_any_kind_do_no_harm(void **state)
{
    static const char alphabet[] = "0123456789abcdefxX +-\n\n  \t\xff.";
    uint64_t random = 9;
    size_t entries = 0;
    for (unsigned round = 0; round < 2000; round++) {
        char text[200];
        for (unsigned i = 0; i < sizeof text; i++) /* the terminating zero is one of them */
            text[i] = alphabet[random_below(&random, sizeof alphabet)];
        scan_bytes(text, sizeof text);
        entries += shown.count;
    }
    assert_true(entries > 100); /* some of it was a line */
}

TEST_MAIN(cmocka_unit_test(lines_are_shown_in_their_order),
          cmocka_unit_test(names_may_have_blanks_and_begin_with_them),
          cmocka_unit_test(a_line_that_is_still_being_written_is_left_out),
          cmocka_unit_test(lines_that_make_no_sense_are_passed_over),
          cmocka_unit_test(huge_sizes_and_the_last_address_are_fine),
          cmocka_unit_test(an_empty_map_has_nothing),
          cmocka_unit_test(lines_longer_than_the_buffer_are_cut),
          cmocka_unit_test(lines_across_the_buffers_end_are_whole),
          cmocka_unit_test(bytes_of_any_kind_do_no_harm))
