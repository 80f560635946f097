/* view.c -- heapdiff view: the page of heapdiff report, served to this machine's browser.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include "base/spawn.h"
#include "commands/page_command.h"
#include "html/serve.h"

#include <signal.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/signalfd.h>
#include <unistd.h>

struct view_page_words {
    int64_t port;
    bool no_open;
    struct page_words page;
};

static const struct option_spec options[] = {
    {"no-open", 0, OPTION_FLAG, NULL, "Print the address, but start no browser.",
     offsetof(struct view_page_words, no_open)},
    {"port", 0, OPTION_COUNT, "N", "Listen on port N of 127.0.0.1 (a free port).",
     offsetof(struct view_page_words, port)},
    PAGE_OPTION_SPECS(struct view_page_words, page),
    {0},
};

static void open_browser(const char *url)
{
    char *const program[] = {"xdg-open", (char *)url, NULL};
    spawn_detached(program);
}

static bool has_display(void)
{
    return getenv("DISPLAY") || getenv("WAYLAND_DISPLAY");
}

static bool serve_page(const struct text *page, const char *policy,
                       const struct view_page_words *given, struct error *error)
{
    struct serve serve;
    sigset_t ends;
    sigemptyset(&ends);
    sigaddset(&ends, SIGINT);
    sigaddset(&ends, SIGTERM);
    sigaddset(&ends, SIGHUP);
    sigprocmask(SIG_BLOCK, &ends, NULL);
    int stop = signalfd(-1, &ends, SFD_CLOEXEC);
    if (!serve_open(&serve, (uint16_t)given->port, page, policy, error))
        return false;
    printf("%s\n", serve.url);
    fflush(stdout);
    fprintf(stderr, "heapdiff: serving until Ctrl-C\n");
    if (!given->no_open && has_display())
        open_browser(serve.url);
    serve_run(&serve, stop);
    serve_close(&serve);
    close(stop);
    return true;
}

static int view_main(int argc, char **argv, struct error *error)
{
    struct view_page_words given = {.page.top = PAGE_TOP};
    int first = options_parse(&command_view, argc, argv, &given, error);
    if (first < 0)
        return error->code;
    if (argc == first) {
        error_set(error, "heapdiff view A.db B.db", "view takes a snapshot");
        return error->code;
    }
    if (given.port > UINT16_MAX) {
        error_set(error, "ports end at 65535", "there is no port %lld", (long long)given.port);
        return error->code;
    }
    struct text page = {0}, policy = {0};
    struct error obstacle = {0};
    bool good = page_command_make((const char *const *)argv + first, (size_t)(argc - first),
                                  &given.page, &page, &policy, &obstacle, error) &&
                serve_page(&page, policy.bytes, &given, error);
    text_done(&page);
    text_done(&policy);
    if (!good)
        return error->code;
    *error = obstacle;
    return error->code;
}

const struct command command_view = {
    .name = "view",
    .arguments = "[options] A.db [B.db ...]",
    .summary = "Open that page in the browser",
    .details =
        "Serves the page that report writes: on 127.0.0.1, under an address that other users\n"
        "cannot guess. Prints the address on stdout, opens a browser if there is a display, and\n"
        "serves until Ctrl-C. To reach it from another machine: ssh -L PORT:127.0.0.1:PORT.",
    .options = options,
    .run = view_main,
};
