/* test_progress.c -- Progress is for terminals only, and its line goes away.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include "base/progress.h"

#include "test.h"

#include <fcntl.h>
#include <poll.h>
#include <stdlib.h>
#include <string.h>
#include <termios.h>
#include <unistd.h>

#define TRIES 2000 /* of 10 ms; the first second is silent */

/* Stderr becomes a new terminal; returns the side that a person looks at. */
static int open_terminal(void)
{
    int person = posix_openpt(O_RDWR | O_NOCTTY);
    assert_true(person >= 0 && grantpt(person) == 0 && unlockpt(person) == 0);
    int program = open(ptsname(person), O_RDWR | O_NOCTTY);
    assert_true(program >= 0 && dup2(program, STDERR_FILENO) == STDERR_FILENO);
    close(program);
    return person;
}

static void read_all(int person, char *text, size_t size)
{
    ssize_t length = read(person, text, size - 1);
    assert_true(length > 0);
    text[length] = '\0';
}

static void a_terminal_sees_one_line_that_goes_away(void **state)
{
    char text[256];
    int kept = dup(STDERR_FILENO), person = open_terminal();
    struct pollfd waiting = {.fd = person, .events = POLLIN};
    int said = 0;
    while (said++ < TRIES && poll(&waiting, 1, 10) == 0)
        progress_say("%d of %d", said, TRIES);
    read_all(person, text, sizeof text);
    progress_end();
    char end[16];
    read_all(person, end, sizeof end);
    progress_end(); /* nothing is left to be taken away */
    int more = poll(&waiting, 1, 0);
    dup2(kept, STDERR_FILENO);
    close(kept);
    close(person);
    assert_true(said > 1);
    assert_non_null(strstr(text, "\r\33[Kheapdiff: "));
    assert_non_null(strstr(text, " of 2000"));
    assert_null(strchr(text, '\n'));
    assert_string_equal(end, "\r\33[K");
    assert_int_equal(more, 0);
}

TEST_MAIN(cmocka_unit_test(a_terminal_sees_one_line_that_goes_away))
