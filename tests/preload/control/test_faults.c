/* test_faults.c -- A snapshot when memory runs out: one error, nothing half-written, and the next
 * works.
 *
 * An allocation of the private allocator fails: each of the first forty, and forty of the
 * rest.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include "control/snapshot.h"

#include <dirent.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/guest.h"
#include "base/host.h"
#include "options.h"
#include "tables/modules.h"
#include "test.h"

void *__real_guest_malloc(size_t size);
void *__real_guest_realloc(void *block, size_t size);
void *__wrap_guest_malloc(size_t size);
void *__wrap_guest_realloc(void *block, size_t size);

#define EACH 40ul

static unsigned long until_failure; /* 0: none fails */

static int fails(void)
{
    return until_failure && --until_failure == 0;
}

void *__wrap_guest_malloc(size_t size)
{
    return fails() ? NULL : __real_guest_malloc(size);
}

void *__wrap_guest_realloc(void *block, size_t size)
{
    return fails() ? NULL : __real_guest_realloc(block, size);
}

static char folder[64];

static unsigned count_files(void)
{
    DIR *entries = opendir(folder);
    unsigned count = 0;
    for (struct dirent *entry; (entry = readdir(entries));)
        count += *entry->d_name != '.';
    closedir(entries);
    return count;
}

static int take(void)
{
    static struct snapshot_request request;
    static struct snapshot_answer answer;
    request = (struct snapshot_request){.reason = REASON_REQUEST};
    snprintf(request.path, sizeof request.path, "%s/a.db", folder);
    snapshot_take(&request, &answer);
    assert_int_equal(answer.error == 0, *answer.text == '\0');
    return answer.error;
}

static void an_allocation_that_fails_costs_the_snapshot_and_nothing_else(void **state)
{
    (void)state;
    char path[80];
    snprintf(path, sizeof path, "%s/a.db", folder);
    until_failure = ULONG_MAX;
    assert_int_equal(take(), 0);
    unlink(path);
    unsigned long all = ULONG_MAX - until_failure, failures = 0;
    for (unsigned long turn = 1; turn <= all; turn += turn < EACH ? 1 : all / EACH + 1) {
        until_failure = turn;
        int error = take();
        until_failure = 0;
        failures += error != 0;
        assert_int_equal(count_files(), error ? 0 : 1);
        unlink(path);
    }
    print_message("%lu allocations, %lu of those that failed were needed\n", all, failures);
    assert_true(failures > 10);
    assert_int_equal(take(), 0);
}

static int set_up(void **state)
{
    (void)state;
    snprintf(folder, sizeof folder, "/tmp/heapdiff-faults.XXXXXX");
    options_read();
    host_begin();
    modules_refresh();
    snapshot_init();
    return mkdtemp(folder) ? 0 : -1;
}

static int tear_down(void **state)
{
    (void)state;
    char path[80];
    snprintf(path, sizeof path, "%s/a.db", folder);
    unlink(path);
    return rmdir(folder);
}

TEST_MAIN(cmocka_unit_test_setup_teardown(
    an_allocation_that_fails_costs_the_snapshot_and_nothing_else, set_up, tear_down))
