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

/* A terminal hands on what was written in pieces: reads until the text ends so. */
static void read_until(int person, char *text, size_t size, const char *end)
{
    size_t length = 0;
    do {
        ssize_t got = read(person, text + length, size - 1 - length);
        assert_true(got > 0);
        length += (size_t)got;
        text[length] = '\0';
    } while (length < strlen(end) || strcmp(text + length - strlen(end), end) != 0);
}

static void a_terminal_sees_one_line_that_goes_away(void **state)
{
    char text[256], end[256];
    int kept = dup(STDERR_FILENO), person = open_terminal();
    struct pollfd waiting = {.fd = person, .events = POLLIN};
    unsigned said = 0;
    while (poll(&waiting, 1, 10) == 0) {
        progress_say("step %d of many", 7);
        said++;
    }
    read_until(person, text, sizeof text, " of many");
    progress_end();
    progress_end(); /* nothing is left to be taken away */
    assert_int_equal(write(STDERR_FILENO, "after", 5), 5);
    read_until(person, end, sizeof end, "after");
    dup2(kept, STDERR_FILENO);
    close(kept);
    close(person);
    assert_true(said > 1); /* the first second is silent */
    assert_string_equal(text, "\r\33[Kheapdiff: step 7 of many");
    assert_string_equal(end, "\r\33[Kafter");
}

TEST_MAIN(cmocka_unit_test(a_terminal_sees_one_line_that_goes_away))
