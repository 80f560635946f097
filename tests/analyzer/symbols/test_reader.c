/* test_reader.c -- The reading process: what becomes of the asker when it dies, hangs or lies.
 *
 * Children that do so by intention stand in for libdw and a file that was made to harm it.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include "symbols/reader.h"
#include "symbols/reader_child.h"
#include "test.h"

#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

static const struct symbol_sources sources = {.no_cache = true};

static void read_request(int fd)
{
    struct reader_message head;
    char body[4096];
    assert_int_equal(recv(fd, &head, sizeof head, MSG_WAITALL), sizeof head);
    assert_true(head.length <= sizeof body);
    assert_int_equal(recv(fd, body, head.length, MSG_WAITALL), head.length);
}

static void die(int fd, const struct symbol_sources *unused)
{
    read_request(fd);
    signal(SIGABRT, SIG_DFL);
    raise(SIGKILL);
}

static void compute_for_ever(int fd, const struct symbol_sources *unused)
{
    read_request(fd);
    for (volatile unsigned n = 0;; n++)
        ;
}

static void promise_too_much(int fd, const struct symbol_sources *unused)
{
    struct reader_message head = {.length = UINT32_MAX};
    read_request(fd);
    send(fd, &head, sizeof head, 0);
    read_request(fd);
}

static void answer_nothing(int fd, const struct symbol_sources *unused)
{
    struct reader_message head = {.length = 0};
    read_request(fd);
    send(fd, &head, sizeof head, 0);
    read_request(fd);
}

static void expect_failure(reader_child_main *child_main, const char *fate)
{
    struct reader *reader = reader_new(child_main, &sources);
    struct symbol_place place = {.path = "/bin/shop", .build_id = "aa"};
    struct reader_module module;
    struct text reply = {0};
    uint32_t number;
    bool is_partial;
    assert_non_null(reader);
    reader_limit(reader, 1);
    assert_false(reader_open(reader, &place, &number, &reply, &module));
    if (fate)
        assert_non_null(strstr(reader_fate(reader), fate));
    if (fate)
        assert_false(reader_find(reader, 0, 1, &reply, &is_partial)); /* it stays dead */
    text_done(&reply);
    reader_free(reader);
}

static void its_death_is_told(void **state)
{
    expect_failure(die, "Killed");
}

static void endless_computing_is_ended(void **state)
{
    expect_failure(compute_for_ever, "processor time");
}

static void a_lie_about_length_is_its_end(void **state)
{
    expect_failure(promise_too_much, "Killed");
}

static void an_empty_reply_is_no_module(void **state)
{
    expect_failure(answer_nothing, NULL);
}

static void one_that_reads_answers(void **state)
{
    struct reader *reader = reader_new(reader_child_serve, &sources);
    struct symbol_place place = {.path = "/nowhere/at/all", .build_id = "aabb"};
    struct reader_module module;
    struct text reply = {0};
    uint32_t number = 77;
    bool is_partial;
    assert_true(reader_open(reader, &place, &number, &reply, &module));
    assert_int_equal(number, 0);
    assert_int_equal(module.facts.state, SYMBOLS_GONE);
    assert_string_equal(module.looked_at, "/nowhere/at/all"); /* and others, each with its zero */
    assert_true(module.looked_at_length > strlen("/nowhere/at/all") + 1);
    assert_true(reader_find(reader, number, 16, &reply, &is_partial));
    assert_int_equal(reply.length, 0);
    assert_true(reader_find(reader, 1000, 16, &reply, &is_partial)); /* no such module */
    assert_int_equal(reply.length, 0);
    text_done(&reply);
    reader_free(reader);
}

TEST_MAIN(cmocka_unit_test(its_death_is_told), cmocka_unit_test(endless_computing_is_ended),
          cmocka_unit_test(a_lie_about_length_is_its_end),
          cmocka_unit_test(an_empty_reply_is_no_module), cmocka_unit_test(one_that_reads_answers))
