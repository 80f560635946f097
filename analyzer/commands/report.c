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
    {"output", 'o', OPTION_TEXT, "FILE.html",
     "Write to this file (stdout, unless it is a terminal).",
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

static int report_main(int argc, char **argv, struct error *error)
{
    struct report_words given = {.page.top = PAGE_TOP};
    int first = options_parse(&command_report, argc, argv, &given, error);
    if (first < 0)
        return error->code;
    if (argc == first) {
        error_set(error, "heapdiff report A.db B.db -o growth.html", "report takes a snapshot");
        return error->code;
    }
    if (!given.target && isatty(STDOUT_FILENO)) {
        error_set(error, "add -o growth.html", "stdout is a terminal, and a page is HTML");
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
    .summary = "Write a comparison as one HTML page: verdict, sites, flame graphs, timeline",
    .details = "The page is one file that needs no network; attach it to a ticket. It contains\n"
               "names of functions and files, the name of the host, and a few lines of source\n"
               "around each site (--no-source leaves them out). It contains no command line and\n"
               "no contents of memory. With one snapshot it shows live memory.",
    .options = options,
    .run = report_main,
};
