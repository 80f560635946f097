/* test_codelog.c -- Which announced name an address had when its stack was first seen.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include "jit/codelog.h"

#include <string.h>
#include <unistd.h>

#include "jit/jitnames.h"
#include "jit/memory_file.h"
#include "tables/jitcode.h"
#include "tables/jitmap.h"
#include "tables/modules.h"
#include "test.h"

/* A stack of one frame; the call lies one byte before the return address. */
union seen {
    struct stack stack;
    char room[sizeof(struct stack) + sizeof(uintptr_t)];
};

static void announce(uintptr_t start, size_t size, const char *name)
{
    jitcode_add(start, size, name, strlen(name));
}

/* The name that a stack gets which was first seen at that length of the log. */
static void expect_with(int map, uintptr_t address, uint32_t length, const char *name)
{
    static struct jitnames names;
    union seen seen = {.stack = {.depth = 1, .jitmap_size = length}};
    memcpy((char *)&seen + offsetof(struct stack, frames), &(uintptr_t){address + 1},
           sizeof address);
    jitnames_ask(&names, &seen.stack);
    jitnames_read(&names, map, -1);
    struct jitname found = jitnames_find(&names, seen.stack.frames[0], &seen.stack);
    if (name)
        assert_string_equal(found.name, name);
    else
        assert_null(found.name);
    jitnames_done(&names);
}

static void expect(uintptr_t address, uint32_t length, const char *name)
{
    expect_with(-1, address, length, name);
}

static void the_last_piece_that_existed_then_wins(void **state)
{
    uint32_t before = jitcode_count();
    (void)state;
    announce(0x1000, 0x100, "life 1");
    announce(0x1000, 0x80, "life 2");
    announce(0x1000, 0x100, "life 3");
    expect(0x1010, before + 1, "life 1");
    expect(0x1010, before + 2, "life 2");
    expect(0x1090, before + 2, "life 1");
    expect(0x1010, before + 3, "life 3");
    expect(0x1100, before + 3, NULL);
}

static void later_code_names_only_what_was_seen_before_all(void **state)
{
    uint32_t before = jitcode_count();
    (void)state;
    announce(0x20000, 0x100, "late");
    announce(0x20000, 0x100, "later");
    expect(0x20010, before, NULL);
    expect(0x20010, JITMAP_UNKNOWN, "late");
}

static void code_that_moves_keeps_its_name(void **state)
{
    uint32_t before = jitcode_count();
    (void)state;
    announce(0x31000, 0x100, "mover");
    jitcode_move(0x31000, 0x32000, 0x100);
    announce(0x31000, 0x100, "its heir");
    jitcode_move(0x32000, 0x33000, 0x100);
    jitcode_move(0x39000, 0x3a000, 0x100);
    expect(0x31010, before + 2, "mover");
    expect(0x32010, before + 2, "mover");
    expect(0x31010, before + 5, "its heir");
    expect(0x33010, before + 5, "mover");
    expect(0x3a010, before + 5, NULL);
}

static void the_log_goes_before_the_map(void **state)
{
    static const char text[] = "41000 200 of the map\n";
    int map = memory_file(text, sizeof text - 1);
    (void)state;
    announce(0x41000, 0x100, "of the log");
    expect_with(map, 0x41010, jitcode_count(), "of the log");
    expect_with(map, 0x41110, jitcode_count(), "of the map");
    close(map);
}

static void builtins_of_a_module_are_named(void **state)
{
    struct builtins builtins = {0};
    uintptr_t code = (uintptr_t)announce;
    (void)state;
    modules_refresh();
    builtins_take_named(&builtins, code, code + 16, "Builtin:First");
    builtins_take_named(&builtins, code + 16, code + 32, NULL);
    builtins_take_named(&builtins, 0x1000, 0x1010, "JS:~elsewhere");
    builtins_finish(&builtins, -1);
    assert_string_equal(builtins_find(&builtins, code + 15), "Builtin:First");
    assert_null(builtins_find(&builtins, code + 16));
    assert_null(builtins_find(&builtins, 0x1000));
    builtins_done(&builtins);
}

TEST_MAIN(cmocka_unit_test(the_last_piece_that_existed_then_wins),
          cmocka_unit_test(later_code_names_only_what_was_seen_before_all),
          cmocka_unit_test(code_that_moves_keeps_its_name),
          cmocka_unit_test(the_log_goes_before_the_map),
          cmocka_unit_test(builtins_of_a_module_are_named))
