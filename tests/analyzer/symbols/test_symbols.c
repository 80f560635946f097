/* test_symbols.c -- Functions, inlined functions and lines, held against what the compiler was
 * given.
 *
 * The program inlining.cpp is built four times: with debug info, with it in a separate file, with
 * the symbol table only, and stripped of everything. It prints the return addresses of a stack.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include "fixture.h"
#include "symbols/symbols.h"
#include "test.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define FOLDER TEST_PROGRAMS "/"

/* What another form of the program was found to hold is no answer here. */
static struct symbols *without_cache(void)
{
    static const struct symbol_sources sources = {.no_cache = true};
    return symbols_new(&sources);
}

/* Not position-independent: its addresses are those of the file. Frame 1 is in checkout. */
static uint64_t checkout_address(void)
{
    const struct fixture_result *result = fixture_run(FOLDER "inlining");
    assert_int_equal(result->status, 0);
    const char *second = strchr(result->out, '\n');
    assert_non_null(second);
    return strtoull(second + 1, NULL, 16) - 1;
}

static const char *build_id_of(const char *program)
{
    static char id[64];
    const struct fixture_result *result =
        fixture_run("readelf -n %s | sed -n 's/.*Build ID: //p'", program);
    size_t length = strcspn(result->out, "\n");
    assert_true(length > 8 && length < sizeof id);
    memcpy(id, result->out, length);
    id[length] = '\0';
    return id;
}

static struct symbol_list find(struct symbols *symbols, const char *program)
{
    struct symbol_place place = {
        .path = program, .build_id = build_id_of(program), .offset = checkout_address()};
    return symbols_find(symbols, &place);
}

static void expect_symbol(const struct symbol *symbol, const char *function, int line)
{
    assert_string_equal(symbol->function, function);
    assert_non_null(symbol->file);
    assert_non_null(strstr(symbol->file, "symbols/inlining.cpp"));
    assert_int_equal(symbol->line, line);
}

static void expect_chain(const char *program)
{
    struct symbols *symbols = without_cache();
    struct symbol_list list = find(symbols, program);
    assert_int_equal(list.count, 3);
    expect_symbol(&list.items[0], "shop::Cart<int>::add", 21);
    expect_symbol(&list.items[1], "shop::fill", 27);
    expect_symbol(&list.items[2], "shop::checkout", 33);
    assert_true(list.items[0].column > 0);
    assert_ptr_equal(find(symbols, program).items, list.items); /* remembered */
    symbols_free(symbols);
}

static void inlined_functions_come_with_their_lines(void **state)
{
    expect_chain(FOLDER "inlining");
}

static void debug_info_may_lie_in_a_separate_file(void **state)
{
    expect_chain(FOLDER "inlining.separate");
}

static void the_symbol_table_alone_gives_the_function(void **state)
{
    struct symbols *symbols = without_cache();
    struct symbol_list list = find(symbols, FOLDER "inlining.table");
    assert_int_equal(list.count, 1);
    assert_string_equal(list.items[0].function, "shop::checkout");
    assert_null(list.items[0].file);
    symbols_free(symbols);
}

static void without_any_table_nothing_is_guessed(void **state)
{
    struct symbols *symbols = without_cache();
    assert_int_equal(find(symbols, FOLDER "inlining.stripped").count, 0);
    symbols_free(symbols);
}

static void a_module_that_changed_or_is_gone_is_not_asked(void **state)
{
    struct symbols *symbols = without_cache();
    uint64_t address = checkout_address();
    const struct symbol_place places[] = {
        {.path = FOLDER "inlining",
         .build_id = "00112233445566778899aabbccddeeff00112233",
         .offset = address},
        {.path = FOLDER "inlining", .build_id = "0011", .offset = address},
        {.path = FOLDER "inlining", .build_id = "no id", .offset = address},
        {.path = FOLDER "inlining", .time_ns = INT64_MAX, .offset = address}, /* it has an id */
        {.path = FOLDER "nowhere", .time_ns = INT64_MAX, .offset = address},
        {.path = "/etc/passwd", .time_ns = INT64_MAX, .offset = address},
        {.path = "/dev/null", .time_ns = INT64_MAX, .offset = address}};
    for (size_t i = 0; i < sizeof places / sizeof *places; i++)
        assert_int_equal(symbols_find(symbols, &places[i]).count, 0);
    symbols_free(symbols);
}

static void addresses_outside_functions_have_no_name(void **state)
{
    struct symbols *symbols = without_cache();
    struct symbol_place place = {.path = FOLDER "inlining",
                                 .build_id = build_id_of(FOLDER "inlining")};
    const uint64_t outside[] = {0, 1, UINT64_MAX, (uint64_t)1 << 63};
    for (size_t i = 0; i < sizeof outside / sizeof *outside; i++) {
        place.offset = outside[i];
        assert_int_equal(symbols_find(symbols, &place).count, 0);
    }
    symbols_free(symbols);
}

static void elfutils_own_tool_agrees(void **state)
{
    const struct fixture_result *result =
        fixture_run("eu-addr2line -i -f -C -e %sinlining 0x%" PRIx64, FOLDER, checkout_address());
    assert_int_equal(result->status, 0);
    static const char *const expected[] = {"shop::Cart<int>::add", "inlining.cpp:21",
                                           "shop::fill",           "inlining.cpp:27",
                                           "shop::checkout",       "inlining.cpp:33"};
    const char *at = result->out;
    for (size_t i = 0; i < sizeof expected / sizeof *expected && at; i++) {
        at = strstr(at, expected[i]);
        assert_non_null(at);
    }
}

TEST_MAIN(cmocka_unit_test(inlined_functions_come_with_their_lines),
          cmocka_unit_test(debug_info_may_lie_in_a_separate_file),
          cmocka_unit_test(the_symbol_table_alone_gives_the_function),
          cmocka_unit_test(without_any_table_nothing_is_guessed),
          cmocka_unit_test(a_module_that_changed_or_is_gone_is_not_asked),
          cmocka_unit_test(addresses_outside_functions_have_no_name),
          cmocka_unit_test(elfutils_own_tool_agrees))
