/* test_child.c -- A copy of the process does the work, and the process does not notice it.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <sched.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdio.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/memory.h"
#include "control/child.h"
#include "test.h"

static char text[512];

static int changes_a_variable(void *context, char *said, size_t size)
{
    *(int *)context += 1;
    snprintf(said, size, "it was %d", *(int *)context);
    return ENOSPC;
}

static void its_answer_comes_back_and_its_memory_does_not(void **state)
{
    int variable = 6;
    assert_int_equal(child_run(changes_a_variable, &variable, -1, text, sizeof text), ENOSPC);
    assert_string_equal(text, "it was 7");
    assert_int_equal(variable, 6);
}

/* The private jemalloc works there. */
static int takes_memory(void *context, char *said, size_t size)
{
    char *memory = memory_alloc(1 << 20);
    for (unsigned i = 0; i < 1 << 20; i += 4096)
        memory[i] = 1;
    memory_free(memory);
    return 0;
}

static void it_can_use_our_memory(void **state)
{
    memory_free(memory_alloc(100));
    assert_int_equal(child_run(takes_memory, NULL, -1, text, sizeof text), 0);
    assert_string_equal(text, "");
}

static int looks_at_descriptors(void *context, char *said, size_t size)
{
    for (int fd = 0; fd < 256; fd++)
        if ((fcntl(fd, F_GETFD) >= 0) != (fd == *(int *)context))
            return fd + 1;
    return 0;
}

static void it_holds_no_descriptor_but_the_one(void **state)
{
    int fds[2], none = -1;
    assert_int_equal(pipe(fds), 0);
    assert_int_equal(child_run(looks_at_descriptors, &fds[0], fds[0], text, sizeof text), 0);
    assert_int_equal(child_run(looks_at_descriptors, &none, -1, text, sizeof text), 0);
    close(fds[0]);
    close(fds[1]);
}

static int dies(void *context, char *said, size_t size)
{
    kill(getpid(), SIGKILL);
    return 0;
}

static void its_death_is_an_error(void **state)
{
    assert_int_equal(child_run(dies, NULL, -1, text, sizeof text), ECANCELED);
    assert_string_equal(text, "the process that lists the blocks was killed");
}

static int reports_its_signals(void *context, char *said, size_t size)
{
    sigset_t blocked;
    pthread_sigmask(SIG_SETMASK, NULL, &blocked);
    raise(SIGTERM);
    return sigismember(&blocked, SIGTERM) ? 0 : EINTR;
}

static void it_gets_no_signals_and_ours_are_as_before(void **state)
{
    sigset_t blocked;
    assert_int_equal(child_run(reports_its_signals, NULL, -1, text, sizeof text), 0);
    pthread_sigmask(SIG_SETMASK, NULL, &blocked);
    assert_false(sigismember(&blocked, SIGTERM));
}

/* Shared with the copy: it lives until the program's wait has been answered. */
struct meeting {
    atomic_int lives, looked;
    int result, error;
};

static int waits_until_looked_at(void *context, char *said, size_t size)
{
    struct meeting *meeting = context;
    meeting->lives = 1;
    while (!meeting->looked)
        sched_yield();
    return 0;
}

static void *waits_for_any_child(void *context)
{
    struct meeting *meeting = context;
    while (!meeting->lives)
        sched_yield();
    meeting->result = (int)waitpid(-1, NULL, 0); /* would hang if there were one */
    meeting->error = errno;
    meeting->looked = 1;
    return NULL;
}

static void no_wait_of_the_program_sees_it(void **state)
{
    pthread_t thread;
    struct meeting *meeting =
        mmap(NULL, sizeof *meeting, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
    assert_ptr_not_equal(meeting, MAP_FAILED);
    assert_int_equal(pthread_create(&thread, NULL, waits_for_any_child, meeting), 0);
    assert_int_equal(child_run(waits_until_looked_at, meeting, -1, text, sizeof text), 0);
    pthread_join(thread, NULL);
    assert_int_equal(meeting->result, -1);
    assert_int_equal(meeting->error, ECHILD);
    assert_int_equal(syscall(SYS_wait4, -1, NULL, __WALL, NULL), -1); /* and none is left */
    munmap(meeting, sizeof *meeting);
}

TEST_MAIN(cmocka_unit_test(its_answer_comes_back_and_its_memory_does_not),
          cmocka_unit_test(it_can_use_our_memory),
          cmocka_unit_test(it_holds_no_descriptor_but_the_one),
          cmocka_unit_test(its_death_is_an_error),
          cmocka_unit_test(it_gets_no_signals_and_ours_are_as_before),
          cmocka_unit_test(no_wait_of_the_program_sees_it))
