/* asker.c -- Asking a recorded process for a snapshot: the asker's side of format/protocol.h.
 *
 * It waits in slices, to notice the end of the process or of the user's patience.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include "control/asker.h"

#include "base/process.h"
#include "base/utf8.h"
#include "control/channel.h"
#include "control/deliver.h"
#include "control/java.h"

#include <errno.h>
#include <linux/futex.h>
#include <poll.h>
#include <stdatomic.h>
#include <stdio.h>
#include <string.h>
#include <sys/file.h>
#include <sys/syscall.h>
#include <time.h>
#include <unistd.h>

#define SLICE_MS         50
#define LOCK_SLICE_MS    20
#define STOPPED_AFTER_MS 1000 /* a process that was stopped will not answer */

struct asker {
    struct channel page;
    const struct asker_request *request;
    struct error *error;
    int waited_ms;
    bool collected; /* by other means: the process need not be asked for it */
    bool tallied;   /* the process has counted before the collection, in an earlier request */
};

/* Called between two slices. False with ERROR filled when waiting has become useless. */
static bool may_go_on(struct asker *asker, int slice_ms)
{
    struct pollfd cancel = {.fd = asker->request->cancel_fd, .events = POLLIN};
    int pid = (int)asker->page.pid;
    asker->waited_ms += slice_ms;
    if (channel_process_ended(&asker->page))
        return error_set(asker->error, NULL, "process %d ended before the snapshot was complete",
                         pid);
    if (channel_control_ended(&asker->page))
        return error_set(asker->error, "restart it", "the control process of process %d was killed",
                         pid);
    if (cancel.fd >= 0 && poll(&cancel, 1, 0) > 0)
        return error_set(asker->error, NULL, "interrupted");
    if (asker->waited_ms >= STOPPED_AFTER_MS && process_is_stopped(asker->page.pid))
        return error_set(asker->error, "let it go on with kill -CONT", "process %d is stopped",
                         pid);
    return true;
}

static bool asker_lock(struct asker *asker)
{
    struct pollfd ended = {.fd = asker->page.pid_fd, .events = POLLIN};
    while (flock(asker->page.fd, LOCK_EX | LOCK_NB) != 0) {
        if (errno != EWOULDBLOCK && errno != EINTR)
            return error_set(asker->error, NULL, "cannot lock the control page of process %d: %s",
                             (int)asker->page.pid, strerror(errno));
        poll(&ended, 1, LOCK_SLICE_MS);
        if (!may_go_on(asker, LOCK_SLICE_MS))
            return false;
    }
    return true;
}

static bool wait_answered(struct asker *asker)
{
    const struct timespec slice = {.tv_nsec = SLICE_MS * 1000000L};
    struct control_page *page = asker->page.mapped;
    uint32_t asked = atomic_load(&page->asked), answered;
    while ((answered = atomic_load_explicit(&page->answered, memory_order_acquire)) != asked) {
        syscall(SYS_futex, &page->answered, FUTEX_WAIT, answered, &slice, NULL, 0);
        if (atomic_load_explicit(&page->answered, memory_order_acquire) != asked &&
            !may_go_on(asker, SLICE_MS))
            return false;
    }
    return true;
}

/* The label cut at a whole UTF-8 character. */
static void copy_label(char *to, const char *label)
{
    size_t length = strnlen(label, PROTOCOL_LABEL_SIZE);
    if (length == PROTOCOL_LABEL_SIZE)
        length = utf8_cut(label, length - 1);
    memcpy(to, label, length);
    memset(to + length, 0, PROTOCOL_LABEL_SIZE - length);
}

static bool can_tally(const struct asker *asker)
{
    uint32_t needed = PROTOCOL_TALLY | PROTOCOL_COLLECTED;
    return (asker->page.mapped->abilities & needed) == needed;
}

/* What the page asks for; FLAGS of enum protocol_flags. */
static bool asker_send(struct asker *asker, uint32_t flags)
{
    struct control_page *page = asker->page.mapped;
    page->flags = flags;
    atomic_fetch_add_explicit(&page->asked, 1, memory_order_release);
    syscall(SYS_futex, &page->asked, FUTEX_WAKE, INT32_MAX, NULL, NULL, 0);
    if (wait_answered(asker))
        return true;
    page->flags = PROTOCOL_CANCELLED; /* if it has not begun, it need not */
    return false;
}

/* Lets the process count what is live before a collection that it does not do itself. A shim of an
 * older version cannot. */
static bool asker_tally(struct asker *asker)
{
    if (!can_tally(asker))
        return true;
    asker->waited_ms = 0;
    asker->tallied = wait_answered(asker) && asker_send(asker, PROTOCOL_TALLY);
    return asker->tallied;
}

/* One exchange, with the lock held. ANSWER gets what the process said. */
static bool asker_exchange(struct asker *asker, const char *path, struct control_page *answer)
{
    struct control_page *page = asker->page.mapped;
    asker->waited_ms = 0;
    if (!wait_answered(asker)) /* a request that an earlier asker left */
        return false;
    const int64_t *operations = asker->request->operations;
    if (operations && !(page->abilities & PROTOCOL_OPERATIONS))
        return error_set(asker->error, "restart it, or leave --ops out",
                         "process %d runs with an older heapdiff, which cannot store operations",
                         (int)asker->page.pid);
    page->operations = operations ? (uint64_t)*operations : 0;
    copy_label(page->label, asker->request->label ? asker->request->label : "");
    snprintf(page->path, sizeof page->path, "%s", path);
    uint32_t flags = (asker->request->gc && !asker->collected ? PROTOCOL_GC : 0) |
                     (asker->tallied ? PROTOCOL_COLLECTED : 0) |
                     (asker->request->blocks ? PROTOCOL_BLOCKS : 0) |
                     (operations ? PROTOCOL_OPERATIONS : 0);
    if (!asker_send(asker, flags))
        return false;
    asker->tallied = asker->tallied || ((flags & PROTOCOL_GC) && can_tally(asker));
    answer->error = page->error;
    memcpy(answer->answer_path, page->answer_path, sizeof answer->answer_path);
    memcpy(answer->answer_text, page->answer_text, sizeof answer->answer_text);
    answer->answer_path[sizeof answer->answer_path - 1] = '\0';
    answer->answer_text[sizeof answer->answer_text - 1] = '\0';
    return true;
}

/* The process may not write there, or does not know the place. */
static bool cannot_write(int error)
{
    return error == EACCES || error == EROFS || error == ENOENT || error == EPERM ||
           error == ENOTDIR;
}

/* Asks for the wanted path first, and for others while the process cannot write there. */
static bool asker_ask(struct asker *asker, struct deliver *deliver, struct control_page *answer)
{
    const char *path = deliver_asked_path(deliver, 0);
    for (int try = 1; path; path = deliver_asked_path(deliver, try++)) {
        if (!asker_exchange(asker, path, answer))
            return false;
        if (!cannot_write(answer->error))
            break;
    }
    return true;
}

static bool ask_and_deliver(struct asker *asker, struct deliver *deliver, struct text *path,
                            int *answer_error)
{
    struct control_page answer = {0};
    if (!asker_lock(asker) || !asker_ask(asker, deliver, &answer))
        return false;
    *answer_error = answer.error;
    if (asker->request->note && *answer.answer_text)
        text_add_clean(asker->request->note, answer.answer_text, true);
    if (answer.error != 0)
        return error_set(
            asker->error,
            cannot_write(answer.error) && !asker->request->path ? "name a file with -o FILE" : NULL,
            "process %d took no snapshot: %s", (int)asker->page.pid,
            *answer.answer_text ? answer.answer_text : strerror(answer.error));
    return deliver_finish(deliver, answer.answer_path, path, asker->error);
}

/* The lock is held from the tally to the snapshot: no other asker comes between. */
static bool collect_java(struct asker *asker, int *answer)
{
    if (!asker_lock(asker) || !asker_tally(asker))
        return false;
    asker->collected = java_collect(asker->request->pid, asker->request->cancel_fd, asker->error);
    if (!asker->collected)
        *answer = ENOPKG;
    return asker->collected;
}

bool asker_snapshot(const struct asker_request *request, struct text *path, int *answer,
                    struct error *error)
{
    struct asker asker = {.request = request, .error = error};
    struct deliver deliver;
    *answer = 0;
    if (!channel_open(&asker.page, request->pid, error))
        return false;
    bool good = deliver_init(&deliver, request->pid, request->path, error);
    bool is_jvm = good && java_is_jvm(request->pid);
    if (is_jvm && request->gc) {
        good = collect_java(&asker, answer);
        if (!good)
            deliver_done(&deliver);
    }
    if (good && is_jvm)
        java_write_perf_map(request->pid, request->cancel_fd);
    if (good) {
        good = ask_and_deliver(&asker, &deliver, path, answer);
        deliver_done(&deliver);
    }
    channel_close(&asker.page); /* the lock goes with it */
    return good;
}
