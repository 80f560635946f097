/* test_asker.c -- Asking for a snapshot: a child process plays the shim's side of the protocol.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include "control/asker.h"
#include "control/channel.h"
#include "fixture.h"
#include "format/protocol.h"
#include "test.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <linux/futex.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

/* How the child answers. */
enum manner {
    WRITES_THE_FILE, /* as asked */
    MAY_NOT_WRITE,   /* EACCES for a path that is asked for; its own otherwise */
    REFUSES_GC,      /* ENOTSUP when GC is asked for */
    DIES,            /* instead of answering */
    CUTS_THE_PAGE,   /* off, instead of answering */
    COLLECTS,        /* EACCES as above; writes the label and the flags */
    KEEPS_COUNTS,    /* as a shim that knows of operations; writes the label and the count */
};

static pid_t shim;
static const char *control_path, *own_path;

static void write_file(const char *path, const char *bytes)
{
    FILE *file = fopen(path, "w");
    if (!file || fputs(bytes, file) < 0 || fclose(file) != 0)
        _exit(9);
}

static void answer(struct control_page *page, enum manner manner)
{
    bool asked_path = page->path[0];
    page->error = 0;
    page->answer_text[0] = '\0';
    if (manner == DIES)
        _exit(3);
    if (manner == CUTS_THE_PAGE)
        _exit(truncate(control_path, 0) == 0 && pause() == 0);
    if ((manner == MAY_NOT_WRITE || manner == COLLECTS) && asked_path)
        page->error = EACCES;
    if (manner == COLLECTS && !page->error) {
        size_t length = strlen(page->label);
        snprintf(page->label + length, sizeof page->label - length, " %u", page->flags);
    }
    if (manner == REFUSES_GC && (page->flags & PROTOCOL_GC)) {
        page->error = ENOTSUP;
        strcpy(page->answer_text, "this program has no garbage to collect");
    }
    if (manner == KEEPS_COUNTS) {
        size_t length = strlen(page->label);
        snprintf(page->label + length, sizeof page->label - length, " %u %llu",
                 page->flags & PROTOCOL_OPERATIONS, (unsigned long long)page->operations);
    }
    if (page->error == 0) {
        strcpy(page->answer_path, asked_path ? page->path : own_path);
        write_file(page->answer_path, page->label);
    }
}

/* The child: maps the page, says so by its magic, serves until it is killed. */
static void serve(enum manner manner)
{
    int fd = open(control_path, O_RDWR | O_CREAT | O_TRUNC, 0600);
    if (fd < 0 || ftruncate(fd, sizeof(struct control_page)) != 0)
        _exit(9);
    struct control_page *page = mmap(NULL, sizeof *page, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
    close(fd);
    prctl(PR_SET_PDEATHSIG, SIGKILL);
    page->version = PROTOCOL_VERSION;
    page->pid = (uint32_t)getpid();
    page->abilities = manner == KEEPS_COUNTS ? PROTOCOL_OPERATIONS
                      : manner == COLLECTS   ? PROTOCOL_TALLY | PROTOCOL_COLLECTED
                                             : 0;
    page->magic = PROTOCOL_MAGIC;
    for (uint32_t done = 0;; done++) {
        while (atomic_load(&page->asked) == done)
            syscall(SYS_futex, &page->asked, FUTEX_WAIT, done, NULL, NULL, 0);
        answer(page, manner);
        atomic_store(&page->answered, done + 1);
        syscall(SYS_futex, &page->answered, FUTEX_WAKE, INT_MAX, NULL, NULL, 0);
    }
}

static void start(enum manner manner)
{
    control_path = fixture_path("heapdiff.1.control");
    own_path = fixture_path("own.db");
    unlink(control_path);
    shim = fork();
    if (shim == 0)
        serve(manner);
    while (!channel_is_ready(shim))
        assert_int_equal(waitpid(shim, NULL, WNOHANG), 0);
}

static int stop(void **state)
{
    if (shim > 0) {
        kill(shim, SIGKILL);
        waitpid(shim, NULL, 0);
    }
    shim = 0;
    return 0;
}

static struct asker_request request_for(pid_t pid)
{
    return (struct asker_request){.pid = pid, .label = "steady", .cancel_fd = -1};
}

static void expect_snapshot(const struct asker_request *request, const char *expected,
                            const char *content)
{
    struct text path = {0}, bytes = {0};
    struct error error = {0};
    int answered;
    if (!asker_snapshot(request, &path, &answered, &error))
        fail_msg("%s", error.message);
    assert_string_equal(path.bytes, expected);
    assert_true(text_read_file(&bytes, path.bytes, 1000));
    assert_string_equal(bytes.bytes, content);
    text_done(&path);
    text_done(&bytes);
}

static void expect_failure(const struct asker_request *request, int expected, const char *words)
{
    struct text path = {0};
    struct error error = {0};
    int answered;
    assert_false(asker_snapshot(request, &path, &answered, &error));
    assert_int_equal(answered, expected);
    assert_int_equal(error.code, EXIT_UNUSABLE);
    if (!strstr(error.message, words))
        fail_msg("'%s' is not in: %s", words, error.message);
    text_done(&path);
}

static void the_answer_names_the_file(void **state)
{
    start(WRITES_THE_FILE);
    struct asker_request request = request_for(shim);
    expect_snapshot(&request, own_path, "steady");
    request.path = fixture_path("asked.db");
    request.label = NULL;
    expect_snapshot(&request, request.path, "");
}

static void a_folder_can_be_asked_for(void **state)
{
    char folder[PATH_MAX];
    start(WRITES_THE_FILE);
    struct asker_request request = request_for(shim);
    snprintf(folder, sizeof folder, "%s", own_path);
    *strrchr(folder, '/') = '\0';
    request.path = folder;
    expect_snapshot(&request, own_path, "steady");
}

static void a_file_that_the_process_may_not_write_is_fetched(void **state)
{
    start(MAY_NOT_WRITE);
    struct asker_request request = request_for(shim);
    request.path = fixture_path("asked.db");
    expect_snapshot(&request, request.path, "steady");
    assert_int_not_equal(access(own_path, F_OK), 0);
}

/* What the first collection freed is not lost when the second request collects again. */
static void a_second_request_keeps_the_count_of_the_first(void **state)
{
    char expected[64];
    start(COLLECTS);
    struct asker_request request = request_for(shim);
    request.gc = true;
    request.path = fixture_path("asked.db");
    snprintf(expected, sizeof expected, "steady %u", (unsigned)(PROTOCOL_GC | PROTOCOL_COLLECTED));
    expect_snapshot(&request, request.path, expected);
    request.path = NULL;
    snprintf(expected, sizeof expected, "steady %u", (unsigned)PROTOCOL_GC);
    expect_snapshot(&request, own_path, expected);
}

static void a_folder_that_is_missing_is_said_before_asking(void **state)
{
    start(WRITES_THE_FILE);
    struct asker_request request = request_for(shim);
    request.path = "/tmp/there is none/a.db";
    expect_failure(&request, 0, "no folder /tmp/there is none");
}

static void long_labels_are_cut_at_a_character(void **state)
{
    char label[301] = "", expected[128] = "";
    for (int i = 0; i < 150; i++)
        strcat(label, "\xc3\xa4");
    memcpy(expected, label, 126);
    start(WRITES_THE_FILE);
    struct asker_request request = request_for(shim);
    request.label = label;
    expect_snapshot(&request, own_path, expected);
}

static void a_count_of_operations_is_handed_over(void **state)
{
    const int64_t none = 0, many = 12345678901;
    start(KEEPS_COUNTS);
    struct asker_request request = request_for(shim);
    expect_snapshot(&request, own_path, "steady 0 0");
    request.operations = &many;
    expect_snapshot(&request, own_path, "steady 4 12345678901");
    request.operations = &none;
    expect_snapshot(&request, own_path, "steady 4 0");
}

static void a_count_that_would_be_lost_is_refused(void **state)
{
    const int64_t many = 100;
    start(WRITES_THE_FILE);
    struct asker_request request = request_for(shim);
    request.operations = &many;
    expect_failure(&request, 0, "runs with an older heapdiff, which cannot store operations");
    request.operations = NULL;
    expect_snapshot(&request, own_path, "steady");
}

static void what_the_process_refuses_is_passed_on(void **state)
{
    start(REFUSES_GC);
    struct asker_request request = request_for(shim);
    request.gc = true;
    expect_failure(&request, ENOTSUP, "no garbage to collect");
}

static void the_end_of_the_process_is_noticed(void **state)
{
    start(DIES);
    struct asker_request request = request_for(shim);
    expect_failure(&request, 0, "ended before the snapshot was complete");
}

/* The kernel would end the command by a signal. */
static void a_page_that_is_cut_off_is_an_error(void **state)
{
    start(CUTS_THE_PAGE);
    const struct fixture_result *result = fixture_run("heapdiff snapshot %d", (int)shim);
    assert_int_equal(result->status, EXIT_UNUSABLE);
    assert_string_equal(result->err, "heapdiff: the control page of the process was cut off\n");
}

static void a_stopped_process_is_said_to_be(void **state)
{
    start(WRITES_THE_FILE);
    struct asker_request request = request_for(shim);
    assert_int_equal(kill(shim, SIGSTOP), 0);
    assert_int_equal(waitpid(shim, NULL, WUNTRACED), shim);
    expect_failure(&request, 0, "is stopped");
}

static void waiting_can_be_given_up(void **state)
{
    int pipe_fds[2];
    start(WRITES_THE_FILE);
    struct asker_request request = request_for(shim);
    assert_int_equal(kill(shim, SIGSTOP), 0);
    assert_int_equal(pipe(pipe_fds), 0);
    close(pipe_fds[1]); /* the end of a pipe is readable */
    request.cancel_fd = pipe_fds[0];
    expect_failure(&request, 0, "interrupted");
    close(pipe_fds[0]);
}

static void an_asker_that_died_leaves_no_harm(void **state)
{
    start(WRITES_THE_FILE);
    pid_t asker = fork();
    if (asker == 0) {
        struct channel page;
        struct error error;
        if (!channel_open(&page, shim, &error))
            _exit(9);
        strcpy(page.mapped->label, "abandoned");
        atomic_fetch_add(&page.mapped->asked, 1);
        syscall(SYS_futex, &page.mapped->asked, FUTEX_WAKE, INT_MAX, NULL, NULL, 0);
        _exit(0);
    }
    int status;
    assert_int_equal(waitpid(asker, &status, 0), asker);
    assert_int_equal(status, 0);
    struct asker_request request = request_for(shim);
    expect_snapshot(&request, own_path, "steady");
}

static void unrecorded_processes_are_refused(void **state)
{
    struct asker_request request = request_for(getpid());
    expect_failure(&request, 0, "is not recorded by heapdiff");
    request.pid = 1 << 30;
    expect_failure(&request, 0, "there is no process");
}

static void another_version_of_the_protocol_is_refused(void **state)
{
    start(WRITES_THE_FILE);
    struct channel page;
    struct error error;
    assert_true(channel_open(&page, shim, &error));
    page.mapped->version = 9;
    struct asker_request request = request_for(shim);
    expect_failure(&request, 0, "version 9 of the protocol");
    channel_close(&page);
}

TEST_MAIN(cmocka_unit_test_teardown(the_answer_names_the_file, stop),
          cmocka_unit_test_teardown(a_folder_can_be_asked_for, stop),
          cmocka_unit_test_teardown(a_file_that_the_process_may_not_write_is_fetched, stop),
          cmocka_unit_test_teardown(a_second_request_keeps_the_count_of_the_first, stop),
          cmocka_unit_test_teardown(a_folder_that_is_missing_is_said_before_asking, stop),
          cmocka_unit_test_teardown(long_labels_are_cut_at_a_character, stop),
          cmocka_unit_test_teardown(a_count_of_operations_is_handed_over, stop),
          cmocka_unit_test_teardown(a_count_that_would_be_lost_is_refused, stop),
          cmocka_unit_test_teardown(what_the_process_refuses_is_passed_on, stop),
          cmocka_unit_test_teardown(the_end_of_the_process_is_noticed, stop),
          cmocka_unit_test_teardown(a_page_that_is_cut_off_is_an_error, stop),
          cmocka_unit_test_teardown(a_stopped_process_is_said_to_be, stop),
          cmocka_unit_test_teardown(waiting_can_be_given_up, stop),
          cmocka_unit_test_teardown(an_asker_that_died_leaves_no_harm, stop),
          cmocka_unit_test(unrecorded_processes_are_refused),
          cmocka_unit_test_teardown(another_version_of_the_protocol_is_refused, stop))
