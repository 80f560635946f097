/* test_slots.c -- Import slots of a loaded module are rewritten, and all of it is put back.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include "real/slots.h"

#include <dlfcn.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "real/slots_plugin.h"
#include "test.h"

static pid_t ours(void)
{
    return -4711;
}

struct plugin {
    struct link_map *map;
    __typeof__(plugin_call) *call, *call_other;
    __typeof__(plugin_address) *address;
    __typeof__(plugin_table) *table;
};

static struct plugin load(const char *path)
{
    struct plugin plugin = {.map = dlopen(path, RTLD_LAZY | RTLD_LOCAL)};
    assert_non_null(plugin.map);
    plugin.call = (__typeof__(plugin.call))dlsym(plugin.map, "plugin_call");
    plugin.call_other = (__typeof__(plugin.call))dlsym(plugin.map, "plugin_call_other");
    plugin.address = (__typeof__(plugin.address))dlsym(plugin.map, "plugin_address");
    plugin.table = (__typeof__(plugin.table))dlsym(plugin.map, "plugin_table");
    assert_true(plugin.call && plugin.call_other && plugin.address && plugin.table);
    return plugin;
}

/* The kernel's word about the protection of an address. */
static const char *protection_of(const void *address)
{
    static char protection[8];
    unsigned long start, end;
    char line[512];
    FILE *maps = fopen("/proc/self/maps", "re");
    assert_non_null(maps);
    while (fgets(line, sizeof line, maps))
        if (sscanf(line, "%lx-%lx %7s", &start, &end, protection) == 3 &&
            (uintptr_t)address - start < end - start) {
            fclose(maps);
            return protection;
        }
    fclose(maps);
    return "";
}

static void check_is(const struct plugin *plugin, pid_t (*function)(void))
{
    assert_int_equal(plugin->call(), function());
    assert_ptr_equal(plugin->address(), function);
    assert_ptr_equal(plugin->table()[0], function);
    assert_ptr_equal(plugin->table()[1], getpgrp);
    assert_int_equal(plugin->call_other(), getpgrp());
    assert_string_equal(protection_of(plugin->table()), "r--p");
}

static void check_there_and_back(const char *path)
{
    const struct slots_change there = {"getppid", (uintptr_t)getppid, (uintptr_t)ours},
                              back = {"getppid", (uintptr_t)ours, (uintptr_t)getppid},
                              nothing = {"getppid", (uintptr_t)ours, (uintptr_t)ours};
    struct plugin plugin = load(path);
    size_t written = slots_patch(plugin.map, &there, 1);
    assert_in_range(written, 2, 3); /* the linker may have one slot for the call and the address */
    check_is(&plugin, ours);
    assert_int_equal(slots_patch(plugin.map, &there, 1), 0);
    assert_int_equal(slots_patch(plugin.map, &back, 1), written);
    check_is(&plugin, getppid);
    assert_int_equal(slots_patch(plugin.map, &nothing, 1), 0);
    dlclose(plugin.map);
}

/* Nothing has been called yet: the slot still leads to the loader. */
static void slots_that_are_bound_late_are_rewritten(void **state)
{
    check_there_and_back(TEST_LAZY_PLUGIN);
}

static void slots_that_are_read_only_are_rewritten(void **state)
{
    check_there_and_back(TEST_NOW_PLUGIN);
}

static void other_names_are_left_alone(void **state)
{
    struct plugin plugin = load(TEST_NOW_PLUGIN);
    const struct slots_change changes[] = {{"getsid", (uintptr_t)getppid, (uintptr_t)ours},
                                           {"getppid", (uintptr_t)getsid, (uintptr_t)ours}};
    assert_int_equal(slots_patch(plugin.map, changes, 2), 0);
    check_is(&plugin, getppid);
    dlclose(plugin.map);
}

static void all_modules_are_gone_through(void **state)
{
    struct plugin lazy = load(TEST_LAZY_PLUGIN), now = load(TEST_NOW_PLUGIN);
    const struct slots_change there = {"getppid", (uintptr_t)getppid, (uintptr_t)ours},
                              back = {"getppid", (uintptr_t)ours, (uintptr_t)getppid};
    size_t written = slots_patch_all(&there, 1);
    assert_true(written >= 4);
    check_is(&lazy, ours);
    check_is(&now, ours);
    assert_int_equal(slots_patch_all(&back, 1), written);
    check_is(&lazy, getppid);
    check_is(&now, getppid);
    dlclose(now.map);
    dlclose(lazy.map);
}

static void a_word_of_read_only_data_is_stored(void **state)
{
    struct plugin plugin = load(TEST_NOW_PLUGIN);
    const volatile uint16_t *word = (const volatile uint16_t *)dlsym(plugin.map, "plugin_word");
    uint16_t own = 1;
    assert_non_null(word);
    assert_true(slots_store_short((uintptr_t)word, 78));
    assert_int_equal(*word, 78);
    assert_string_equal(protection_of((const void *)(uintptr_t)word), "r--p");
    assert_false(slots_store_short((uintptr_t)&own, 1)); /* no module's */
    dlclose(plugin.map);
}

TEST_MAIN(cmocka_unit_test(slots_that_are_bound_late_are_rewritten),
          cmocka_unit_test(slots_that_are_read_only_are_rewritten),
          cmocka_unit_test(other_names_are_left_alone),
          cmocka_unit_test(all_modules_are_gone_through),
          cmocka_unit_test(a_word_of_read_only_data_is_stored))
