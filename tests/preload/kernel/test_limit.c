/* test_limit.c -- The memory that a process may use, found in trees of files as kernels show them.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include "kernel/limit.h"

#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "test.h"

#define MIB ((uint64_t)1 << 20)

static char root[] = "/tmp/heapdiff-limit.XXXXXX";

/* Writes a file below the root, with the folders that lead to it. */
static void put(const char *path, const char *text)
{
    char full[PATH_MAX];
    snprintf(full, sizeof full, "%s%s", root, path);
    for (char *slash = full + sizeof root; (slash = strchr(slash, '/')); *slash++ = '/') {
        *slash = '\0';
        mkdir(full, 0700);
    }
    FILE *file = fopen(full, "w");
    assert_non_null(file);
    fputs(text, file);
    fclose(file);
}

static int make_root(void **state)
{
    strcpy(root + sizeof root - 7, "XXXXXX");
    if (!mkdtemp(root))
        return -1;
    put("/proc/meminfo", "MemTotal:        8388608 kB\nMemFree:          100 kB\n");
    return 0;
}

static int remove_root(void **state)
{
    char command[PATH_MAX];
    snprintf(command, sizeof command, "rm -rf %s", root);
    return system(command);
}

static void without_a_group_it_is_all_there_is(void **state)
{
    assert_int_equal(limit_of_memory(root), 8192 * MIB);
    put("/proc/self/cgroup", "0::/\n");
    assert_int_equal(limit_of_memory(root), 8192 * MIB);
}

static void of_version_2_the_smallest_upwards_holds(void **state)
{
    put("/proc/self/cgroup", "0::/a.slice/b.scope\n");
    put("/sys/fs/cgroup/a.slice/b.scope/memory.max", "max\n");
    assert_int_equal(limit_of_memory(root), 8192 * MIB);
    put("/sys/fs/cgroup/a.slice/memory.max", "536870912\n");
    assert_int_equal(limit_of_memory(root), 512 * MIB);
    put("/sys/fs/cgroup/a.slice/b.scope/memory.max", "268435456\n");
    assert_int_equal(limit_of_memory(root), 256 * MIB);
}

static void in_a_container_the_top_is_its_own_group(void **state)
{
    put("/proc/self/cgroup", "0::/../../host/path\n");
    put("/sys/fs/cgroup/memory.max", "104857600\n");
    assert_int_equal(limit_of_memory(root), 100 * MIB);
}

static void of_version_1_the_line_of_memory_counts(void **state)
{
    put("/proc/self/cgroup", "12:cpu,cpuacct:/x\n11:memory:/box\n1:name=systemd:/y\n0::/\n");
    put("/sys/fs/cgroup/memory/memory.limit_in_bytes", "9223372036854771712\n");
    assert_int_equal(limit_of_memory(root), 8192 * MIB);
    put("/sys/fs/cgroup/memory/box/memory.limit_in_bytes", "209715200\n");
    put("/sys/fs/cgroup/memory/x/memory.limit_in_bytes", "4096\n");
    assert_int_equal(limit_of_memory(root), 200 * MIB);
}

static void it_is_0_when_nothing_can_be_read(void **state)
{
    assert_int_equal(limit_of_memory("/nowhere"), 0);
}

static void of_this_machine_it_is_something(void **state)
{
    assert_true(limit_of_memory("") > 16 * MIB);
}

TEST_MAIN(cmocka_unit_test_setup_teardown(without_a_group_it_is_all_there_is, make_root,
                                          remove_root),
          cmocka_unit_test_setup_teardown(of_version_2_the_smallest_upwards_holds, make_root,
                                          remove_root),
          cmocka_unit_test_setup_teardown(in_a_container_the_top_is_its_own_group, make_root,
                                          remove_root),
          cmocka_unit_test_setup_teardown(of_version_1_the_line_of_memory_counts, make_root,
                                          remove_root),
          cmocka_unit_test(it_is_0_when_nothing_can_be_read),
          cmocka_unit_test(of_this_machine_it_is_something))
