/* answer.c -- Any bytes in the control page of a recorded process: what an asker makes of them.
 *
 * The process asks itself: its own page is mapped, and a thread of it answers with what the bytes
 * say. Nothing is fetched: that would move files.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include "fuzz.h"

#include <fcntl.h>
#include <limits.h>
#include <linux/futex.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "control/asker.h"
#include "format/protocol.h"
#include "output.h"

static char name[64];
static struct control_page *page, wanted;

static void remove_page(void)
{
    unlink(name);
}

/* Answers every request at once, with what is wanted. */
static void *serve(void *nothing)
{
    for (;;) {
        uint32_t answered = atomic_load(&page->answered), asked = atomic_load(&page->asked);
        if (asked == answered) {
            syscall(SYS_futex, &page->asked, FUTEX_WAIT, asked, NULL, NULL, 0);
            continue;
        }
        page->error = wanted.error;
        memcpy(page->answer_path, wanted.answer_path, sizeof page->answer_path);
        memcpy(page->answer_text, wanted.answer_text, sizeof page->answer_text);
        atomic_store(&page->answered, asked);
        syscall(SYS_futex, &page->answered, FUTEX_WAKE, INT_MAX, NULL, NULL, 0);
    }
    return nothing;
}

static void begin(void)
{
    pthread_t thread;
    snprintf(name, sizeof name, "/dev/shm/" PROTOCOL_PREFIX "%d" PROTOCOL_SUFFIX, (int)getpid());
    int fd = open(name, O_CREAT | O_TRUNC | O_RDWR | O_CLOEXEC, 0600);
    atexit(remove_page);
    if (fd < 0 || ftruncate(fd, sizeof *page) != 0)
        abort();
    page = mmap(NULL, sizeof *page, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
    close(fd);
    if (page == MAP_FAILED || pthread_create(&thread, NULL, serve, NULL) != 0)
        abort();
}

static void expect_one_line(const struct error *error)
{
    struct text line = {0};
    text_add_clean(&line, error->message, true); /* as main.c prints it */
    if (!line.length || strchr(line.bytes, '\n'))
        abort();
    text_done(&line);
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size)
{
    if (!page)
        begin();
    wanted = (struct control_page){.magic = 0};
    memcpy(&wanted, bytes, size < sizeof wanted ? size : sizeof wanted);
    page->magic = wanted.magic;
    page->version = wanted.version;
    page->abilities = wanted.abilities;
    page->pid = wanted.pid;
    const int64_t operations = 7;
    struct text path = {0}, note = {0};
    struct error error = {0};
    int answer;
    struct asker_request request = {.pid = getpid(),
                                    .label = wanted.label[0] ? "label" : NULL,
                                    .operations = wanted.flags & 1 ? &operations : NULL,
                                    .note = &note,
                                    .cancel_fd = -1};
    if (!asker_snapshot(&request, &path, &answer, &error))
        expect_one_line(&error);
    if (note.length)
        output_expect_plain(note.bytes, note.length);
    text_done(&path);
    text_done(&note);
    return 0;
}
