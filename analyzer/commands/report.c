/* report.c -- heapdiff report: what grew, as one HTML page.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include "base/out.h"
#include "commands/page_command.h"

#include <stdio.h>
#include <unistd.h>

struct report_words {
    const char *target;
    struct page_words page;
};

static const struct option_spec options[] = {
    {"output", 'o', OPTION_TEXT, "FILE.html", "The file to write (stdout, unless a terminal).",
     offsetof(struct report_words, target)},
    PAGE_OPTION_SPECS(struct report_words, page),
    {0},
};

static bool write_page(const struct text *page, const char *target, struct error *error)
{
    struct out *out = out_open(target, error);
    if (!out)
        return false;
    out_bytes(out, page->bytes, page->length);
    if (!out_close(out, error))
        return false;
    if (target)
        puts(target);
    return true;
}

static int run(int argc, char **argv, struct error *error)
{
    struct report_words given = {.page.top = PAGE_TOP};
    int first = options_parse(&command_report, argc, argv, &given, error);
    if (first < 0)
        return error->code;
    if (argc == first) {
        error_set(error, "heapdiff report A.db B.db -o growth.html", "a snapshot is missing");
        return error->code;
    }
    if (!given.target && isatty(STDOUT_FILENO)) {
        error_set(error, "add -o growth.html", "a page is not for terminals");
        return error->code;
    }
    struct text page = {0};
    struct error obstacle = {0};
    bool good = page_command_make((const char *const *)argv + first, (size_t)(argc - first),
                                  &given.page, &page, NULL, &obstacle, error) &&
                write_page(&page, given.target, error);
    text_done(&page);
    if (!good)
        return error->code;
    *error = obstacle;
    return error->code;
}

const struct command command_report = {
    .name = "report",
    .arguments = "[options] A.db [B.db ...] -o FILE.html",
    .summary = "What grew, as one HTML page: verdict, sites, flame graphs, timeline",
    .details = "The page is one file that needs no network and can be attached to a ticket. It\n"
               "holds names of functions and files, the host's name, and a few lines of source\n"
               "round each site (--no-source leaves them out); no command line, no contents of\n"
               "memory. Of one snapshot it shows what is live.",
    .options = options,
    .run = run,
};
