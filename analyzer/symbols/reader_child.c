/* reader_child.c -- The reading process from within.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include "symbols/reader_child.h"

#include "base/memory.h"
#include "base/text.h"
#include "symbols/answer.h"
#include "symbols/debuginfod.h"
#include "symbols/elf.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <unistd.h>

#define LONGEST     (1 << 20)         /* bytes of a request */
#define MEMORY_MOST ((rlim_t)8 << 30) /* bytes: debug files of browsers are read into memory */

#if defined __SANITIZE_ADDRESS__ || defined __SANITIZE_THREAD__
#define LIMITS_MEMORY 0 /* their shadow memory is larger than any limit */
#else
#define LIMITS_MEMORY 1
#endif

struct opened {
    struct elf *elf;
    char *texts;
};

struct server {
    const struct symbol_sources *sources;
    VEC(struct opened) modules;
    struct text request, reply;
};

static void reader_child_limit(__rlimit_resource_t resource, rlim_t most)
{
    struct rlimit limit;
    if (getrlimit(resource, &limit) == 0 && limit.rlim_cur > most) {
        limit.rlim_cur = most;
        setrlimit(resource, &limit);
    }
}

void reader_child_start(pid_t parent, int fd)
{
    static const int signals[] = {SIGINT, SIGTERM, SIGHUP, SIGQUIT, SIGPIPE, SIGCHLD};
    sigset_t none;
    prctl(PR_SET_PDEATHSIG, SIGKILL);
    if (getppid() != parent)
        _exit(1);
    for (size_t i = 0; i < sizeof signals / sizeof *signals; i++)
        signal(signals[i], SIG_DFL);
    sigemptyset(&none);
    sigprocmask(SIG_SETMASK, &none, NULL);
    if (fd != READER_CHILD_FD)
        dup2(fd, READER_CHILD_FD);
    close_range(READER_CHILD_FD + 1, ~0u, 0);
    int null =
        open("/dev/null", O_RDWR); /* ours may be pipes whose end another process waits for */
    dup2(null, STDIN_FILENO);
    dup2(null, STDOUT_FILENO);
    close(null);
    reader_child_limit(RLIMIT_CORE, 0);
    struct rlimit files; /* each module keeps one or two open */
    if (getrlimit(RLIMIT_NOFILE, &files) == 0) {
        files.rlim_cur = files.rlim_max;
        setrlimit(RLIMIT_NOFILE, &files);
    }
    if (LIMITS_MEMORY)
        reader_child_limit(RLIMIT_DATA, MEMORY_MOST);
}

static bool reader_child_receive(int fd, void *bytes, size_t length)
{
    for (size_t done = 0; done < length;) {
        ssize_t more = recv(fd, (char *)bytes + done, length - done, 0);
        if (more > 0)
            done += (size_t)more;
        else if (more == 0 || errno != EINTR)
            return false;
    }
    return true;
}

static bool reader_child_reply(int fd, uint32_t flags, const struct text *body)
{
    struct reader_message head = {.kind = flags, .length = (uint32_t)body->length};
    struct text whole = {0};
    text_add_n(&whole, (const char *)&head, sizeof head);
    if (body->length > 0)
        text_add_n(&whole, body->bytes, body->length);
    size_t done = 0;
    while (done < whole.length) {
        ssize_t more = send(fd, whole.bytes + done, whole.length - done, MSG_NOSIGNAL);
        if (more > 0)
            done += (size_t)more;
        else if (more == 0 || errno != EINTR)
            break;
    }
    bool all = done == whole.length;
    text_done(&whole);
    return all;
}

static void add_text(struct text *body, const char *text)
{
    text_add_n(body, text ? text : "", text ? strlen(text) + 1 : 1);
}

/* Opens the module that the request names; its texts must stay as long as the module. */
static void open_module(struct server *server)
{
    struct reader_open_request fixed;
    memcpy(&fixed, server->request.bytes, sizeof fixed);
    size_t length = server->request.length - sizeof fixed;
    struct opened opened = {.texts = memory_zeroed(length + 2, 1)};
    memcpy(opened.texts, server->request.bytes + sizeof fixed, length);
    const char *build_id = opened.texts + strlen(opened.texts) + 1;
    struct symbol_place place = {.path = opened.texts,
                                 .build_id = *build_id ? build_id : NULL,
                                 .time_ns = fixed.time_ns,
                                 .span = fixed.span,
                                 .pid = fixed.pid};
    opened.elf = elf_open(&place, server->sources);
    struct symbol_module facts = elf_facts(opened.elf);
    struct reader_open_reply head = {.number = (uint32_t)server->modules.count,
                                     .state = facts.state,
                                     .has_debug_info = facts.has_debug_info,
                                     .has_table = facts.has_table};
    VEC_ADD(&server->modules, opened);
    text_add_n(&server->reply, (const char *)&head, sizeof head);
    add_text(&server->reply, facts.file);
    add_text(&server->reply, facts.debug_file);
    const struct text *looked_at = elf_looked_at(opened.elf);
    if (looked_at->length > 0)
        text_add_n(&server->reply, looked_at->bytes, looked_at->length);
}

static uint32_t reader_child_find(struct server *server)
{
    struct reader_find_request request;
    bool is_partial = false;
    memcpy(&request, server->request.bytes, sizeof request);
    if (request.number >= server->modules.count)
        return 0;
    struct pool *pool = pool_new();
    struct symbol_list list =
        elf_find(server->modules.items[request.number].elf, request.offset, pool, &is_partial);
    answer_encode(&list, &server->reply);
    pool_free(pool);
    return is_partial ? READER_PARTIAL : 0;
}

void reader_child_serve(int fd, const struct symbol_sources *sources)
{
    struct server server = {.sources = sources};
    struct reader_message head;
    debuginfod_hide();
    while (reader_child_receive(fd, &head, sizeof head) && head.length <= LONGEST) {
        uint32_t flags = 0;
        text_done(&server.request);
        server.request.bytes = memory_zeroed(head.length + 1, 1);
        server.request.length = head.length;
        server.reply.length = 0;
        if (!reader_child_receive(fd, server.request.bytes, head.length))
            return;
        if (head.kind == READER_OPEN && head.length > sizeof(struct reader_open_request))
            open_module(&server);
        else if (head.kind == READER_FIND && head.length == sizeof(struct reader_find_request))
            flags = reader_child_find(&server);
        if (!reader_child_reply(fd, flags, &server.reply))
            return;
    }
}
