/* test_serve.c -- Serving a page while no descriptor is free: it neither spins nor gives up.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include "html/serve.h"

#include "test.h"

#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <poll.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

int __real_accept4(int listener, struct sockaddr *address, socklen_t *length, int flags);
int __wrap_accept4(int listener, struct sockaddr *address, socklen_t *length, int flags);
int __real_poll(struct pollfd *fds, nfds_t count, int timeout);
int __wrap_poll(struct pollfd *fds, nfds_t count, int timeout);

/* Of the serving process, whose calls are wrapped. */
static int failures;         /* of accept4 that are still to come */
static bool only_one;        /* accept4 fails while the connection that it gave before is open */
static int given = -1;       /* that connection */
static int failed, rested;   /* how often */
static bool spins;           /* the listener was polled again at once after a failure */
static bool has_just_failed; /* and was not left alone since */

int __wrap_accept4(int listener, struct sockaddr *address, socklen_t *length, int flags)
{
    bool is_full = failures > 0 || (only_one && given >= 0 && fcntl(given, F_GETFD) >= 0);
    if (is_full) {
        failures -= failures > 0;
        failed++;
        has_just_failed = true;
        errno = EMFILE;
        return -1;
    }
    has_just_failed = false;
    return given = __real_accept4(listener, address, length, flags);
}

/* A rest is over at once. */
int __wrap_poll(struct pollfd *fds, nfds_t count, int timeout)
{
    bool rests = timeout > 0 && fds[1].fd < 0;
    spins |= has_just_failed && !rests;
    rested += rests;
    has_just_failed &= !rests;
    return __real_poll(fds, count, rests ? 0 : timeout);
}

/* Serves in a child until the other end of *STOP is closed; it exits with 0 when it did not spin
 * and rested RESTS times. */
static pid_t start(struct serve *serve, int *stop, int rests)
{
    static const struct text page = {.bytes = (char *)"page", .length = 4};
    struct error error;
    int ends[2];
    assert_true(serve_open(serve, 0, &page, "default-src 'none'", &error));
    assert_int_equal(pipe(ends), 0);
    pid_t pid = fork();
    if (pid == 0) {
        close(ends[1]);
        serve_run(serve, ends[0]);
        _exit(spins ? 1 : rested != rests ? 2 : failed == 0 ? 3 : 0);
    }
    close(ends[0]);
    *stop = ends[1];
    return pid;
}

static int connect_to(const struct serve *serve)
{
    struct sockaddr_in address = {.sin_family = AF_INET,
                                  .sin_port = htons(serve->port),
                                  .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
    int client = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    assert_int_equal(connect(client, (struct sockaddr *)&address, sizeof address), 0);
    return client;
}

static void expect_page(const struct serve *serve, int client)
{
    char request[256], answer[2048];
    size_t length = 0;
    ssize_t count;
    snprintf(request, sizeof request, "GET /%s/ HTTP/1.1\r\nHost: localhost:%d\r\n\r\n",
             serve->token, serve->port);
    assert_int_equal(write(client, request, strlen(request)), strlen(request));
    while ((count = read(client, answer + length, sizeof answer - 1 - length)) > 0)
        length += (size_t)count;
    answer[length] = '\0';
    assert_non_null(strstr(answer, "200 OK"));
    assert_string_equal(answer + length - 4, "page");
    close(client);
}

static void expect_end(struct serve *serve, pid_t pid, int stop)
{
    int status;
    close(stop);
    assert_int_equal(waitpid(pid, &status, 0), pid);
    assert_true(WIFEXITED(status));
    assert_int_equal(WEXITSTATUS(status), 0);
    serve_close(serve);
}

static void without_a_descriptor_it_rests_and_tries_again(void **state)
{
    (void)state;
    struct serve serve;
    int stop;
    failures = 3;
    pid_t pid = start(&serve, &stop, 3);
    expect_page(&serve, connect_to(&serve));
    expect_end(&serve, pid, stop);
    failures = 0;
}

static void an_idle_connection_gives_its_descriptor(void **state)
{
    (void)state;
    struct serve serve;
    int stop;
    char byte;
    only_one = true;
    pid_t pid = start(&serve, &stop, 0);
    int idle = connect_to(&serve);
    expect_page(&serve, connect_to(&serve));
    assert_int_equal(read(idle, &byte, 1), 0);
    close(idle);
    expect_end(&serve, pid, stop);
    only_one = false;
}

TEST_MAIN(cmocka_unit_test(without_a_descriptor_it_rests_and_tries_again),
          cmocka_unit_test(an_idle_connection_gives_its_descriptor))
