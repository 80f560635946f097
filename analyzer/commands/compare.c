/* compare.c -- heapdiff compare: verdict first, then the growing sites, ranked.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include "commands/comparing.h"

struct compare_options {
    struct comparing comparing;
};

static const struct option_spec options[] = {
    COMPARING_SPECS(struct compare_options, comparing),
    {0},
};

static int run(int argc, char **argv, struct error *error)
{
    struct compare_options given = {.comparing.top = -1};
    int first = options_parse(&command_compare, argc, argv, &given, error);
    if (first < 0)
        return error->code;
    if (argc - first < 2) {
        error_set(error, "heapdiff compare A.db B.db", "two snapshots or more are needed");
        return error->code;
    }
    size_t count = (size_t)(argc - first);
    if (!comparing_check(&given.comparing, count, error))
        return error->code;
    int code =
        comparing_run((const char *const *)argv + first, count, &given.comparing, NULL, error);
    comparing_done(&given.comparing);
    return code;
}

const struct command command_compare = {
    .name = "compare",
    .arguments = "[options] A.db B.db [C.db ...]",
    .summary = "Show what grew between snapshots: verdict, parts of RSS, sites",
    .details =
        "Gives a verdict in one sentence: a leak, growth of a managed heap, memory that the\n"
        "allocator retains, mappings, or no growth. Then lists the parts that RSS growth is\n"
        "made of and the sites that grew; the site that looks most like a leak comes first.",
    .options = options,
    .run = run,
};
