/* test_modules.c -- Which module an address lies in, now and when it was seen.
 *
 * TEST_PLUGIN and TEST_OTHER_PLUGIN are two builds of plugin.c of equal size: the loader puts the
 * one where the other was.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include "tables/modules.h"

#include <dlfcn.h>
#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "tables/dynsym.h"
#include "test.h"

static int read_the_list(void **state)
{
    (void)state;
    modules_refresh();
    return modules_count() == 0;
}

static uintptr_t address_of(void *handle, const char *name)
{
    uintptr_t address = (uintptr_t)dlsym(handle, name);
    assert_true(address != 0);
    return address;
}

static const struct module *libc_module(void)
{
    return modules_find(address_of(RTLD_DEFAULT, "getppid"));
}

static void libc_and_the_program_are_found(void **state)
{
    const struct module *libc = libc_module(), *own = modules_find((uintptr_t)libc_module);
    assert_non_null(libc);
    assert_non_null(strstr(libc->path, "libc.so.6"));
    assert_non_null(own);
    assert_string_equal(own->path, "");
    assert_int_equal(own->start, modules_own_start);
    assert_int_equal(own->end, modules_own_end);
}

static void memory_without_a_module_has_none(void **state)
{
    void *page = mmap(NULL, 4096, PROT_READ | PROT_EXEC, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    assert_true(page != MAP_FAILED);
    assert_null(modules_find((uintptr_t)page));
    assert_null(modules_find(0));
    assert_null(modules_find(UINTPTR_MAX));
    munmap(page, 4096);
}

/* The build-id of a file by another program's reading. */
static void read_build_id(const char *path, char *hex, size_t size)
{
    char command[4200], line[512];
    snprintf(command, sizeof command, "LC_ALL=C readelf -n '%s'", path);
    FILE *pipe = popen(command, "r");
    assert_non_null(pipe);
    *hex = '\0';
    while (fgets(line, sizeof line, pipe)) {
        char *at = strstr(line, "Build ID: ");
        if (at)
            snprintf(hex, size, "%.*s", (int)strcspn(at + 10, " \n"), at + 10);
    }
    assert_int_equal(pclose(pipe), 0);
}

static void assert_build_id(const struct module *module, const char *path)
{
    char expected[128], found[2 * MODULES_BUILD_ID_MAX + 1] = "";
    read_build_id(path, expected, sizeof expected);
    for (unsigned i = 0; i < module->build_id_size; i++)
        snprintf(found + 2 * i, 3, "%02x", module->build_id[i]);
    assert_true(*expected);
    assert_string_equal(found, expected);
}

static void build_ids_are_what_readelf_says(void **state)
{
    char own[4096];
    ssize_t length = readlink("/proc/self/exe", own, sizeof own - 1);
    assert_true(length > 0);
    own[length] = '\0';
    assert_build_id(libc_module(), libc_module()->path);
    assert_build_id(modules_find((uintptr_t)libc_module), own);
}

/* ---- functions by name
 * --------------------------------------------------------------------------- */

static void exported_functions_are_where_the_loader_finds_them(void **state)
{
    const char *const names[] = {"getppid", "qsort", "abort", "strtoull"};
    for (unsigned i = 0; i < sizeof names / sizeof *names; i++) {
        struct dynsym_function function;
        void *handle = dlopen("libc.so.6", RTLD_LAZY | RTLD_NOLOAD);
        assert_true(dynsym_find(libc_module(), names[i], &function));
        assert_int_equal(function.start, address_of(handle, names[i]));
        assert_true(function.end > function.start);
        dlclose(handle);
    }
}

static void what_a_module_does_not_define_is_not_found_in_it(void **state)
{
    struct dynsym_function function;
    assert_false(dynsym_find(libc_module(), "no_such_function_anywhere", &function));
    assert_false(dynsym_find(libc_module(), "", &function));
    void *plugin = dlopen(TEST_PLUGIN, RTLD_NOW);
    assert_non_null(plugin);
    const struct module *module = modules_find(address_of(plugin, "plugin_name"));
    assert_true(dynsym_find(module, "plugin_allocate", &function));
    assert_false(dynsym_find(module, "malloc", &function)); /* used there, defined elsewhere */
    dlclose(plugin);
    modules_check_unloaded();
}

static bool is_vdso(const struct module *module)
{
    return strncmp(module->path, "linux-vdso", 10) == 0;
}

static void the_vdso_can_be_searched_too(void **state)
{
    const struct module *vdso = NULL;
    for (unsigned i = 0; i < modules_count(); i++)
        if (is_vdso(modules_get(i)))
            vdso = modules_get(i);
    struct dynsym_function function;
    if (!vdso)
        skip(); /* a kernel without one */
    assert_true(dynsym_find(vdso, "__vdso_clock_gettime", &function));
    assert_in_range(function.start, vdso->start, vdso->end);
}

/* ---- loading and unloading
 * ----------------------------------------------------------------------- */

/* Loads a plugin; returns the address of a function in it, which means nothing after unload. */
static uintptr_t load(const char *path, void **handle)
{
    *handle = dlopen(path, RTLD_NOW);
    assert_non_null(*handle);
    return address_of(*handle, "plugin_name");
}

static void unload(void *handle)
{
    dlclose(handle);
    modules_check_unloaded();
}

static void an_unloaded_module_keeps_its_meaning_for_what_was_seen_before(void **state)
{
    void *handle;
    uintptr_t address = load(TEST_PLUGIN, &handle);
    const struct module *module = modules_find(address);
    assert_non_null(module);
    assert_string_equal(module->path, TEST_PLUGIN);
    assert_build_id(module, TEST_PLUGIN);
    uint32_t before = modules_generation();
    unload(handle);
    assert_true(modules_generation() > before);
    assert_true(module->died != 0);
    assert_null(modules_find(address));
    assert_ptr_equal(modules_find_in(address, before), module);
    assert_null(modules_find_in(address, modules_generation()));
}

/* The loader keeps the path as dlopen got it; the directory is another one when a stack first leads
 * through the module. */
static void a_relative_path_is_kept_as_an_absolute_one(void **state)
{
    void *handle;
    char path[4096], directory[4096];
    const char *name = strrchr(TEST_PLUGIN, '/') + 1;
    assert_non_null(getcwd(directory, sizeof directory));
    snprintf(path, sizeof path, "%.*s", (int)(name - TEST_PLUGIN), TEST_PLUGIN);
    assert_int_equal(chdir(path), 0);
    snprintf(path, sizeof path, "./%s", name);
    uintptr_t address = load(path, &handle);
    assert_int_equal(chdir("/"), 0);
    errno = ENOTTY;
    const struct module *module = modules_find(address);
    assert_int_equal(errno, ENOTTY);
    assert_int_equal(chdir(directory), 0);
    assert_non_null(module);
    assert_string_equal(module->path, TEST_PLUGIN);
    unload(handle);
}

static void what_is_still_loaded_does_not_die(void **state)
{
    uint32_t before = modules_generation();
    modules_check_unloaded();
    assert_int_equal(modules_generation(), before);
    assert_int_equal(libc_module()->died, 0);
}

static void the_same_plugin_at_the_same_place_revives(void **state)
{
    void *handle;
    uintptr_t first = load(TEST_PLUGIN, &handle);
    const struct module *module = modules_find(first);
    unload(handle);
    uint32_t seed = modules_seed();
    unsigned known = modules_count();
    uintptr_t second = load(TEST_PLUGIN, &handle);
    if (second == first) {
        assert_ptr_equal(modules_find(second), module);
        assert_int_equal(module->died, 0);
        assert_int_equal(modules_seed(), seed);
        assert_int_equal(modules_count(), known);
    }
    unload(handle);
    if (second != first)
        skip(); /* the loader has put it elsewhere */
}

static void another_plugin_at_the_same_place_gives_addresses_a_new_meaning(void **state)
{
    void *handle;
    uintptr_t first = load(TEST_PLUGIN, &handle);
    const struct module *module = modules_find(first);
    uint32_t then = modules_generation(), seed = modules_seed();
    unload(handle);
    uintptr_t second = load(TEST_OTHER_PLUGIN, &handle);
    const struct module *other = modules_find(second);
    bool same_place = other && other->start == module->start;
    if (same_place) {
        assert_string_equal(other->path, TEST_OTHER_PLUGIN);
        assert_int_not_equal(modules_seed(), seed);
        assert_ptr_equal(modules_find_in(first, then), module);
        assert_ptr_equal(modules_find_in(second, modules_generation()), other);
    }
    unload(handle);
    if (!same_place)
        skip(); /* the loader has put it elsewhere */
}

static void a_module_without_room_is_counted(void **state)
{
    void *handle;
    const unsigned enough = 32768;
    uintptr_t address = load(TEST_THIRD_PLUGIN, &handle);
    modules_set_most(modules_count());
    assert_int_equal(modules_dropped(), 0);
    assert_null(modules_find(address));
    assert_int_equal(modules_dropped(), 1);
    modules_set_most(enough);
    assert_non_null(modules_find(address));
    assert_int_equal(modules_dropped(), 1);
    unload(handle);
}

/* ---- while something is unloaded
 * -----------------------------------------------------------------
 */

static void nothing_new_is_learned_while_something_is_unloaded(void **state)
{
    void *handle;
    assert_true(modules_begin_reading());
    modules_end_reading();
    uintptr_t address = load(TEST_PLUGIN, &handle);
    modules_before_unload();
    assert_false(modules_begin_reading());
    assert_null(modules_find(address));
    assert_non_null(libc_module());
    modules_end_reading();
    assert_true(modules_after_unload());
    assert_non_null(modules_find(address));
    modules_before_unload();
    assert_false(modules_after_unload()); /* no lookup has happened */
    unload(handle);
}

/* Two readers that a signal handler has left: the unloading goes on. */
static void readers_that_never_end_are_not_waited_for_for_ever(void **state)
{
    for (int i = 0; i < 2; i++) {
        assert_true(modules_begin_reading());
        modules_before_unload();
        modules_after_unload();
    }
}

/* ---- as libunwind asks
 * ---------------------------------------------------------------------------- */

struct visit {
    uintptr_t address; /* first, as in libunwind's own */
    unsigned visited, loaded_at_address;
};

static int visit_all(struct dl_phdr_info *info, size_t size, void *context)
{
    struct visit *visit = context;
    const struct module *module = modules_find(visit->address);
    visit->visited++;
    visit->loaded_at_address +=
        info->dlpi_addr == module->bias && info->dlpi_phdr == module->headers;
    return 0;
}

static int visit_one(struct dl_phdr_info *info, size_t size, void *context)
{
    ((struct visit *)context)->visited++;
    return 77;
}

static void a_visit_shows_the_loaded_modules_and_stops_when_told(void **state)
{
    unsigned loaded = 0;
    for (unsigned i = 0; i < modules_count(); i++)
        loaded += modules_get(i)->died == 0;
    struct visit visit = {.address = address_of(RTLD_DEFAULT, "getppid")};
    assert_int_equal(modules_visit(visit_all, &visit), 0);
    assert_int_equal(visit.visited, loaded);
    assert_int_equal(visit.loaded_at_address, 1);
    visit.visited = 0;
    assert_int_equal(modules_visit(visit_one, &visit), 77);
    assert_int_equal(visit.visited, 1);
}

#define LIST_TEST(name) cmocka_unit_test_setup(name, read_the_list)

TEST_MAIN(LIST_TEST(libc_and_the_program_are_found), LIST_TEST(memory_without_a_module_has_none),
          LIST_TEST(build_ids_are_what_readelf_says),
          LIST_TEST(exported_functions_are_where_the_loader_finds_them),
          LIST_TEST(what_a_module_does_not_define_is_not_found_in_it),
          LIST_TEST(the_vdso_can_be_searched_too),
          LIST_TEST(an_unloaded_module_keeps_its_meaning_for_what_was_seen_before),
          LIST_TEST(a_relative_path_is_kept_as_an_absolute_one),
          LIST_TEST(what_is_still_loaded_does_not_die),
          LIST_TEST(the_same_plugin_at_the_same_place_revives),
          LIST_TEST(another_plugin_at_the_same_place_gives_addresses_a_new_meaning),
          LIST_TEST(a_module_without_room_is_counted),
          LIST_TEST(nothing_new_is_learned_while_something_is_unloaded),
          LIST_TEST(readers_that_never_end_are_not_waited_for_for_ever),
          LIST_TEST(a_visit_shows_the_loaded_modules_and_stops_when_told))
