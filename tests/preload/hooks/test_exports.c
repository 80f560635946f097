/* test_exports.c -- What libheapdiff.so shows to the world and asks of it: the hooks, the API,
 * libc; nothing else.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "hooks/outside.h"
#include "test.h"

/* With the versions of those that not everybody may find. */
static const char *const expected[] = {
#define TEXT(word)                                                       #word
#define HOOK(result, name, parameters, arguments)                        #name,
#define HOOK_EXTRA(version, result, name, parameters, arguments)         #name "@" TEXT(version),
#define HOOK_CXX(version, fallback, result, name, parameters, arguments) #name "@" #version,
#include "real/hooks.def"
    "heapdiff_snapshot",
    "heapdiff_pause",
    "heapdiff_resume",
    "heapdiff_alloc",
    "heapdiff_free",
    "heapdiff_member_join",
    "heapdiff_member_take",
    "heapdiff_member_answer",
    "heapdiff_member_profile",
    "heapdiff_member_source_map",
    "heapdiff_member_sample",
    "heapdiff_member_epoch",
    "heapdiff_member_leave",
    "heapdiff_label",
    "heapdiff_ops",
    "heapdiff_code_added",
    "heapdiff_code_moved",
    "heapdiff_code_refused"};
#define EXPECTED (sizeof expected / sizeof *expected)

/* Output of a command about the shim, of which each line holds one word. */
static char *look(const char *command, const char *filter)
{
    const struct fixture_result *result =
        fixture_run("LC_ALL=C %s %s | %s", command, TEST_SHIM, filter);
    assert_int_equal(result->status, 0);
    return strdup(result->out);
}

static bool has_line(const char *lines, const char *line)
{
    size_t length = strlen(line);
    for (const char *at = lines; (at = strstr(at, line)); at++)
        if ((at == lines || at[-1] == '\n') && at[length] == '\n')
            return true;
    return false;
}

static void all_hooks_and_the_api_are_exported(void **state)
{
    char *names = look("nm -D --defined-only", "awk '$2 == \"T\" {print $3}'");
    for (unsigned i = 0; i < EXPECTED; i++)
        if (!has_line(names, expected[i]))
            fail_msg("%s is not exported", expected[i]);
    free(names);
}

static bool is_expected(const char *name)
{
    for (unsigned i = 0; i < EXPECTED; i++)
        if (strcmp(expected[i], name) == 0)
            return true;
    return false;
}

static void nothing_else_is_exported(void **state)
{
    char *names = look("nm -D --defined-only", "awk '$2 == \"T\" {print $3}'"), *rest = names,
         *name;
    unsigned count = 0;
    while ((name = strsep(&rest, "\n")) && *name) {
        if (!is_expected(name))
            fail_msg("%s is exported", name);
        count++;
    }
    assert_int_equal(count, EXPECTED);
    free(names);
}

static void only_libc_and_its_loader_are_needed(void **state)
{
    char *needed = look("readelf -d", "sed -n 's/.*(NEEDED).*\\[\\(.*\\)\\]/\\1/p'");
    char *rest = needed, *name;
    unsigned count = 0;
    while ((name = strsep(&rest, "\n")) && *name) {
        if (strcmp(name, "libc.so.6") != 0 && strncmp(name, "ld-linux", 8) != 0)
            fail_msg("%s is needed", name);
        count++;
    }
    assert_in_range(count, 1, 2);
    free(needed);
}

/* It is taken off every thread's stack, of which the smallest has 16 KiB; and a loader that an
 * auditor started early has 512 bytes for all libraries that come later. */
static void thread_local_storage_is_small(void **state)
{
    char *size = look("readelf -lW", "awk '$1 == \"TLS\" {print $6}'");
    assert_in_range(strtoul(size, NULL, 16), 1, 256);
    free(size);
}

static void all_is_resolved_when_it_is_loaded(void **state)
{
    char *flags = look("readelf -dW", "grep -c -e BIND_NOW -e 'Flags:.*NOW'");
    assert_true(atoi(flags) >= 1);
    free(flags);
}

TEST_MAIN(cmocka_unit_test(all_hooks_and_the_api_are_exported),
          cmocka_unit_test(nothing_else_is_exported),
          cmocka_unit_test(only_libc_and_its_loader_are_needed),
          cmocka_unit_test(thread_local_storage_is_small),
          cmocka_unit_test(all_is_resolved_when_it_is_loaded))
