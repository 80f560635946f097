/* test_builtins.c -- Code of a module has the name that only a perf map gives it.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include "jit/builtins.h"

#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "jit/memory_file.h"
#include "tables/modules.h"
#include "test.h"

static struct builtins builtins;

static void take(const struct perfmap_entry *entry, void *context)
{
    (void)context;
    builtins_take(&builtins, entry);
}

static void read_map(const char *text)
{
    int map = memory_file(text, strlen(text));
    assert_true(map >= 0);
    perfmap_scan(map, take, NULL);
    builtins_finish(&builtins, map);
    close(map);
}

static int learn(void **state)
{
    (void)state;
    modules_refresh();
    return 0;
}

static int done(void **state)
{
    (void)state;
    builtins_done(&builtins);
    return 0;
}

static void code_of_a_module_is_named_by_the_map(void **state)
{
    (void)state;
    uintptr_t code = (uintptr_t)read_map;
    char text[512];
    snprintf(text, sizeof text, "%zx 10 Builtin:Second\n%zx 8 Builtin:First\n", (size_t)code + 16,
             (size_t)code);
    read_map(text);
    assert_string_equal(builtins_find(&builtins, code), "Builtin:First");
    assert_string_equal(builtins_find(&builtins, code + 7), "Builtin:First");
    assert_null(builtins_find(&builtins, code + 8));
    assert_string_equal(builtins_find(&builtins, code + 31), "Builtin:Second");
    assert_null(builtins_find(&builtins, code + 32));
    assert_null(builtins_find(&builtins, code - 1));
}

static void other_code_is_not_kept(void **state)
{
    (void)state;
    read_map("10000 100 JS:*f /app/a.js:1:2\n");
    assert_int_equal(builtins.count, 0);
    assert_null(builtins_find(&builtins, 0x10010));
}

static void a_long_name_is_cut(void **state)
{
    (void)state;
    char text[1024], name[401];
    memset(name, 'x', sizeof name - 1);
    name[sizeof name - 1] = '\0';
    snprintf(text, sizeof text, "%zx 10 %s\n", (size_t)read_map, name);
    read_map(text);
    const char *kept = builtins_find(&builtins, (uintptr_t)read_map);
    assert_non_null(kept);
    assert_true(strlen(kept) > 100 && strlen(kept) < 400);
    assert_memory_equal(kept, name, strlen(kept));
}

#define MAP_TEST(name) cmocka_unit_test_setup_teardown(name, learn, done)

TEST_MAIN(MAP_TEST(code_of_a_module_is_named_by_the_map), MAP_TEST(other_code_is_not_kept),
          MAP_TEST(a_long_name_is_cut))
