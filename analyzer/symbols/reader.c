/* reader.c -- The process that reads modules: it may die of one, the command does not.
 *
 * ELF and DWARF are large formats, libdw was not written for files that were made to harm, and what
 * a snapshot names may be half a file. So a forked child does all the reading, within limits of
 * memory and processor time; when it dies, one module has no names, and the next child reads the
 * others. What answers cost: one message each way, about 10 us; the cache needs no child.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include "symbols/reader.h"

#include "base/clock.h"
#include "base/memory.h"
#include "symbols/reader_child.h"

#include <errno.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#define LOOK_MS  500
#define LONGEST  (1 << 26) /* bytes of a reply */
#define PATIENCE 60        /* seconds */

struct reader {
    pid_t pid;
    int fd, patience; /* seconds of processor time for an answer */
    char fate[64];
};

struct reader *reader_new(reader_child_main *child_main, const struct symbol_sources *sources)
{
    int fds[2];
    if (socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, fds) < 0)
        return NULL;
    pid_t parent = getpid(), pid = fork();
    if (pid == 0) {
        reader_child_start(parent, fds[1]);
        child_main(READER_CHILD_FD, sources);
        _exit(0);
    }
    close(fds[1]);
    if (pid < 0) {
        close(fds[0]);
        return NULL;
    }
    struct reader *reader = memory_zeroed(1, sizeof *reader);
    reader->pid = pid;
    reader->fd = fds[0];
    reader->patience = PATIENCE;
    return reader;
}

static void reader_end(struct reader *reader, bool is_late)
{
    int status = 0;
    if (reader->pid <= 0)
        return;
    kill(reader->pid, SIGKILL);
    while (waitpid(reader->pid, &status, 0) < 0 && errno == EINTR)
        ;
    if (is_late)
        snprintf(reader->fate, sizeof reader->fate, "it took more than %d s of processor time",
                 reader->patience);
    else if (WIFSIGNALED(status))
        snprintf(reader->fate, sizeof reader->fate, "%s", strsignal(WTERMSIG(status)));
    else
        snprintf(reader->fate, sizeof reader->fate, "exit status %d", WEXITSTATUS(status));
    reader->pid = 0;
}

void reader_free(struct reader *reader)
{
    if (!reader)
        return;
    close(reader->fd);
    reader_end(reader, false);
    free(reader);
}

const char *reader_fate(const struct reader *reader)
{
    return reader->fate;
}

void reader_limit(struct reader *reader, int seconds)
{
    reader->patience = seconds;
}

static int64_t processor_ns(pid_t pid)
{
    clockid_t clock;
    return clock_getcpuclockid(pid, &clock) == 0 ? clock_read(clock) : 0;
}

/* Waits for bytes. False when the child computes without end; waiting for a server is no
 * computing. The clock is only looked at when a reply takes long. */
static bool reader_await(const struct reader *reader, int64_t *since)
{
    struct pollfd wanted = {.fd = reader->fd, .events = POLLIN};
    for (;;) {
        int ready = poll(&wanted, 1, LOOK_MS);
        if (ready > 0 || (ready < 0 && errno != EINTR))
            return true;
        int64_t now = processor_ns(reader->pid);
        if (*since < 0)
            *since = now;
        if (now - *since > reader->patience * (int64_t)1000000000)
            return false;
    }
}

static bool reader_receive(struct reader *reader, void *bytes, size_t length)
{
    int64_t since = -1;
    for (size_t done = 0; done < length;) {
        ssize_t more = recv(reader->fd, (char *)bytes + done, length - done, MSG_DONTWAIT);
        if (more > 0) {
            done += (size_t)more;
        } else if (more < 0 && (errno == EAGAIN || errno == EINTR)) {
            if (!reader_await(reader, &since)) {
                reader_end(reader, true);
                return false;
            }
        } else {
            reader_end(reader, false);
            return false;
        }
    }
    return true;
}

static bool send_all(struct reader *reader, const struct text *bytes)
{
    for (size_t done = 0; done < bytes->length;) {
        ssize_t more = send(reader->fd, bytes->bytes + done, bytes->length - done, MSG_NOSIGNAL);
        if (more > 0) {
            done += (size_t)more;
        } else if (more == 0 || errno != EINTR) {
            reader_end(reader, false);
            return false;
        }
    }
    return true;
}

/* Sends BODY and waits for the reply, whose body is in REPLY. */
static bool reader_ask(struct reader *reader, uint32_t kind, const struct text *body,
                       struct text *reply, uint32_t *flags)
{
    struct reader_message head = {.kind = kind, .length = (uint32_t)body->length};
    struct text whole = {0};
    text_add_n(&whole, (const char *)&head, sizeof head);
    text_add_n(&whole, body->bytes, body->length);
    bool done =
        reader->pid > 0 && send_all(reader, &whole) && reader_receive(reader, &head, sizeof head);
    text_done(&whole);
    if (done && head.length > LONGEST) {
        reader_end(reader, false);
        done = false;
    }
    if (!done)
        return false;
    text_done(reply);
    reply->bytes = memory_zeroed(head.length + 1, 1);
    reply->length = head.length;
    reply->capacity = head.length + 1;
    *flags = head.kind;
    return reader_receive(reader, reply->bytes, reply->length);
}

/* The text at *AT, which moves behind it; the reply ends with a zero in any case. */
static const char *next_text(const struct text *reply, size_t *at)
{
    const char *text = reply->bytes + (*at < reply->length ? *at : reply->length);
    *at += strlen(text) + 1;
    return text;
}

bool reader_open(struct reader *reader, const struct symbol_place *place, uint32_t *number,
                 struct text *reply, struct reader_module *module)
{
    struct text body = {0};
    struct reader_open_request fixed = {
        .time_ns = place->time_ns, .span = place->span, .pid = place->pid};
    struct reader_open_reply facts = {0};
    uint32_t flags;
    text_add_n(&body, (const char *)&fixed, sizeof fixed);
    text_add_n(&body, place->path, strlen(place->path) + 1);
    text_add_n(&body, place->build_id ? place->build_id : "",
               (place->build_id ? strlen(place->build_id) : 0) + 1);
    bool done =
        reader_ask(reader, READER_OPEN, &body, reply, &flags) && reply->length >= sizeof facts;
    text_done(&body);
    if (!done)
        return false;
    memcpy(&facts, reply->bytes, sizeof facts);
    size_t at = sizeof facts;
    const char *file = next_text(reply, &at), *debug_file = next_text(reply, &at);
    at = at < reply->length ? at : reply->length;
    *number = facts.number;
    *module = (struct reader_module){.facts = {.state = facts.state <= SYMBOLS_UNREADABLE
                                                            ? (enum symbol_state)facts.state
                                                            : SYMBOLS_UNREADABLE,
                                               .file = *file ? file : NULL,
                                               .debug_file = *debug_file ? debug_file : NULL,
                                               .has_debug_info = facts.has_debug_info,
                                               .has_table = facts.has_table},
                                     .looked_at = reply->bytes + at,
                                     .looked_at_length = reply->length - at};
    return true;
}

bool reader_find(struct reader *reader, uint32_t number, uint64_t offset, struct text *reply,
                 bool *is_partial)
{
    struct reader_find_request request = {.offset = offset, .number = number};
    struct text body = {0};
    uint32_t flags;
    text_add_n(&body, (const char *)&request, sizeof request);
    bool done = reader_ask(reader, READER_FIND, &body, reply, &flags);
    text_done(&body);
    *is_partial = done && (flags & READER_PARTIAL);
    return done;
}
