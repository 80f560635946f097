/* test_pycode.c -- Names and lines of Python code, by tables as CPython's compilers made them.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include "python/pycode.h"

#include <stdio.h>
#include <sys/mman.h>

#include "python_memory.h"
#include "test.h"

static struct pycode_room room;

/* All of one function, which begins in line 1:
 *
 *     def f(a, b):                       1
 *         if a:                          2
 *             x = [a,                    3
 *                  b]                    4
 *         else:                                (150 empty lines before it)
 *             x = g(                     156
 *                 a)                     157
 *         for y in x:                    158
 *             b += y                     159
 *         return x                       160
 */
static const uint8_t lines_3_9[] = {0,  1, 4, 1, 2,   1, 2, 255, 6, 127, 0,
                                    26, 2, 1, 2, 255, 4, 2, 8,   1, 10,  1};
static const uint8_t lines_3_10[] = {4,  1, 2, 1, 2,   1, 6, 255, 0, 127, 2,
                                     26, 2, 1, 4, 255, 8, 2, 10,  1, 4,   1};
static const uint8_t lines_3_11[] = {
    128, 0,  216, 7,  8,   240, 0,   91,  2,  5,   15,  216, 13,  14,  216, 13,  14,  240, 3,  1,
    13,  16, 136, 1,  136, 1,   245, 114, 4,  0,   13,  14,  216, 12,  13,  241, 3,   1,   13, 15,
    244, 0,  1,   13, 15,  136, 1,   224, 13, 14,  240, 0,   1,   5,   15,  240, 0,   1,   5,  15,
    136, 1,  216, 8,  9,   136, 81,  137, 6,  136, 1,   136, 1,   216, 11,  12,  128, 72};

/* A line holds from an offset on, in bytes. */
struct expected {
    int from, line;
};

static void expect_lines(uint32_t version, const uint8_t *table, size_t size,
                         const struct expected *expected, int end)
{
    for (int offset = 0; offset < end; offset += 2) {
        while (expected[1].from && expected[1].from <= offset)
            expected++;
        assert_int_equal(pycode_line(version, (uintptr_t)table, size, 1, offset, &room),
                         expected->line);
    }
    assert_int_equal(pycode_line(version, (uintptr_t)table, size, 1, -2, &room), 1);
}

static void lines_are_those_of_the_compiler(void **state)
{
    (void)state;
    const struct expected old[] = {{0, 2},    {4, 3},    {6, 4},    {8, 3},    {14, 156}, {16, 157},
                                   {18, 156}, {22, 158}, {30, 159}, {40, 160}, {0, 0}};
    const struct expected new[] = {{0, 1},    {2, 2},    {6, 3},    {8, 4},    {10, 3},   {16, 156},
                                   {28, 157}, {30, 156}, {46, 158}, {54, 159}, {66, 160}, {0, 0}};
    expect_lines(0x0309, lines_3_9, sizeof lines_3_9, old, 44);
    expect_lines(0x030a, lines_3_10, sizeof lines_3_10, old, 44);
    expect_lines(0x030b, lines_3_11, sizeof lines_3_11, new, 70);
    expect_lines(0x030d, lines_3_11, sizeof lines_3_11, new, 70);
}

static void a_broken_table_ends_somewhere(void **state)
{
    (void)state;
    uint8_t noise[997];
    uint32_t seed = 1;
    for (unsigned turn = 0; turn < 200; turn++) {
        for (unsigned i = 0; i < sizeof noise; i++)
            noise[i] = (uint8_t)((seed = seed * 1103515245 + 12345) >> 16);
        for (unsigned each = 0; each < PYTHON_VERSIONS; each++)
            pycode_line(python_versions[each], (uintptr_t)noise, turn * 5, 1, 1 << 30, &room);
    }
    assert_int_equal(pycode_line(0x030b, 4096, SIZE_MAX, 7, 2, &room), 7); /* nothing is there */
}

static void a_place_is_named_by_function_file_and_line(void **state)
{
    (void)state;
    for (unsigned each = 0; each < PYTHON_VERSIONS; each++) {
        python_begin(python_versions[each]);
        uintptr_t code = python_code("Cart.add", "/srv/my app/cart.py", 41);
        uintptr_t frame = python_frame(0, code);
        assert_true(pycode_describe(code, cpython_instruction(frame), &room));
        assert_string_equal(room.text, "py::Cart.add:/srv/my app/cart.py:41");
    }
}

static void the_line_is_that_of_the_instruction(void **state)
{
    (void)state;
    python_begin(0x030b);
    uintptr_t code = python_code("f", "f.py", 1), frame = python_frame(0, code);
    python_put(code, cpython.layout.code_lines, python_bytes(lines_3_11, sizeof lines_3_11));
    python_move(frame, code, 28 / 2);
    assert_true(pycode_describe(code, cpython_instruction(frame), &room));
    assert_string_equal(room.text, "py::f:f.py:157");
    assert_true(pycode_describe(code, 0x1234, &room)); /* not in this code */
    assert_string_equal(room.text, "py::f:f.py:1");
}

/* Characters of two and four bytes. */
static uintptr_t make_wide(unsigned width, const uint32_t *characters, size_t count)
{
    uintptr_t text = python_text("                                        ");
    python_put(text, CPYTHON_SIZE, count);
    python_put(text, CPYTHON_TEXT_STATE, width << 2 | 1 << 5);
    char *at = (char *)(text + cpython.layout.text_other);
    for (size_t i = 0; i < count; i++)
        memcpy(at + i * width, &characters[i], width);
    return text;
}

static void names_are_utf_8_whatever_their_width(void **state)
{
    (void)state;
    const uint32_t name[] = {'n', 0xe4, 'h', 'e'}, file[] = {0x1f40d, '\n', '.', 'p', 'y'};
    const uint32_t greek[] = {0x3b1, 0x3b2};
    python_begin(0x030c);
    uintptr_t code = python_code("", "", 3);
    python_put(code, cpython.layout.code_name, make_wide(1, name, 4));
    python_put(code, cpython.layout.code_file, make_wide(4, file, 5));
    assert_true(pycode_describe(code, 0, &room));
    assert_string_equal(room.text,
                        "py::n\xc3\xa4he:\xf0\x9f\x90\x8d.py:3"); /* without a line break */
    python_put(code, cpython.layout.code_name, make_wide(2, greek, 2));
    assert_true(pycode_describe(code, 0, &room));
    assert_string_equal(room.text, "py::\xce\xb1\xce\xb2:\xf0\x9f\x90\x8d.py:3");
}

static void long_names_are_cut(void **state)
{
    (void)state;
    char long_text[5000];
    memset(long_text, 'a', sizeof long_text - 1);
    long_text[sizeof long_text - 1] = '\0';
    python_begin(0x030b);
    assert_true(pycode_describe(python_code(long_text, long_text, 12345), 0, &room));
    assert_in_range(strlen(room.text), 1000, PYCODE_TEXT_SIZE - 1);
    assert_string_equal(room.text + strlen(room.text) - 6, ":12345");
}

static void what_is_no_code_is_not_described(void **state)
{
    (void)state;
    python_begin(0x030b);
    uintptr_t odd[] = {0, 8, 4097, 0x123456789ab8, UINTPTR_MAX - 7, python_object(64)};
    for (unsigned i = 0; i < sizeof odd / sizeof *odd; i++) {
        uintptr_t code = python_code("f", "f.py", 1);
        assert_false(pycode_describe(odd[i], 0, &room));
        python_put(code, cpython.layout.code_name, odd[i]);
        assert_false(pycode_describe(code, 0, &room));
        code = python_code("f", "f.py", 1);
        python_put(code, cpython.layout.code_lines, odd[i]); /* then the first line must do */
        assert_true(pycode_describe(code, code + cpython.layout.code_instructions, &room));
        assert_string_equal(room.text, "py::f:f.py:1");
    }
}

static void a_text_that_says_to_be_longer_than_memory_ends_with_it(void **state)
{
    (void)state;
    python_begin(0x030b);
    uintptr_t code = python_code("f", "f.py", 1), name = python_text("f");
    char *page = mmap(NULL, 8192, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    assert_true(page != MAP_FAILED && munmap(page + 4096, 4096) == 0);
    char *at = page + 4096 - 64;
    memcpy(at, (const void *)name, 56);
    python_put((uintptr_t)at, CPYTHON_SIZE, 1 << 19);
    python_put(code, cpython.layout.code_name, (uintptr_t)at);
    assert_true(pycode_describe(code, 0, &room));
    assert_string_equal(room.text, "py:::f.py:1");
    munmap(page, 4096);
}

TEST_MAIN(cmocka_unit_test(lines_are_those_of_the_compiler),
          cmocka_unit_test(a_broken_table_ends_somewhere),
          cmocka_unit_test(a_place_is_named_by_function_file_and_line),
          cmocka_unit_test(the_line_is_that_of_the_instruction),
          cmocka_unit_test(names_are_utf_8_whatever_their_width),
          cmocka_unit_test(long_names_are_cut), cmocka_unit_test(what_is_no_code_is_not_described),
          cmocka_unit_test(a_text_that_says_to_be_longer_than_memory_ends_with_it))
