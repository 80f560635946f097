/* test_origin.c -- A child created without running the fork handlers touches nothing and waits for
 * nothing.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include "base/origin.h"

#include <sched.h>
#include <signal.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include "record/pools.h"
#include "record/record.h"
#include "tables/creations.h"
#include "tables/maps.h"
#include "tables/modules.h"
#include "test.h"

static int begin(void **state)
{
    (void)state;
    origin_begin();
    record_start();
    return origin_is_kept ? -1 : 0; /* a kernel that cannot wipe pages is not one to test on */
}

static int end(void **state)
{
    (void)state;
    record_stop();
    return 0;
}

/* The exit status of a child that does this; one that hangs is killed. */
static int status_in_copy(long flags, int (*deed)(void))
{
    int status;
    pid_t child = (pid_t)syscall(SYS_clone, flags | SIGCHLD, NULL, NULL, NULL, NULL);
    if (child == 0) {
        signal(SIGALRM, SIG_DFL);
        alarm(30);
        _exit(deed());
    }
    assert_int_equal(waitpid(child, &status, 0), child);
    return status;
}

static int is_unrecorded(void)
{
    return origin_is_here() || record_is_on();
}

static void a_copy_knows_that_it_is_one(void **state)
{
    (void)state;
    assert_int_equal(status_in_copy(0, is_unrecorded), 0);
    assert_true(origin_is_here() && record_is_on());
}

static int begins(void)
{
    origin_begin();
    record_start();
    return !origin_is_here() || !record_is_on() || status_in_copy(0, is_unrecorded) != 0;
}

static void it_may_become_an_original(void **state)
{
    (void)state;
    assert_int_equal(status_in_copy(0, begins), 0);
}

static int is_recorded(void *unused)
{
    (void)unused;
    return origin_is_here() && record_is_on() ? 0 : 1;
}

/* As vfork does it, which a sanitizer makes a fork of. */
static void a_child_that_shares_our_memory_is_no_copy(void **state)
{
    (void)state;
    static char stack[65536];
    int status;
    pid_t child = clone(is_recorded, stack + sizeof stack, CLONE_VM | CLONE_VFORK | SIGCHLD, NULL);
    assert_int_equal(waitpid(child, &status, 0), child);
    assert_int_equal(status, 0);
}

/* Whatever a hook may come to that had looked before the copy was made. */
static int uses_every_table(void)
{
    struct maps_taken taken = {.count = 1, .maps = {{.start = 8192, .end = 16384}}};
    maps_add(4096, 4096, 1, KIND_MMAP, false, 0);
    maps_take(4096, 4096, &taken);
    maps_restore(&taken);
    maps_remove_from(4096);
    creations_note(4096, 1);
    pools_alloc("pool", &taken, 1, 0);
    pools_free("pool", &taken);
    return modules_find((uintptr_t)getpid) != NULL; /* not known before: see the setup */
}

static void it_waits_for_no_lock(void **state)
{
    (void)state;
    maps_lock();
    creations_lock();
    pools_lock();
    modules_lock();
    int status = status_in_copy(0, uses_every_table);
    modules_unlock();
    pools_unlock();
    creations_unlock();
    maps_unlock();
    assert_int_equal(status, 0);
    assert_int_equal(status_in_copy(0, uses_every_table), 1 << 8); /* the locks are free: found */
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_copy_knows_that_it_is_one),
        cmocka_unit_test(it_may_become_an_original),
        cmocka_unit_test(a_child_that_shares_our_memory_is_no_copy),
        cmocka_unit_test(it_waits_for_no_lock),
    };
    return cmocka_run_group_tests(tests, begin, end);
}
