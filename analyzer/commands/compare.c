/* compare.c -- heapdiff compare: verdict first, then the growing sites, ranked.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include "commands/comparing.h"
#include "commands/heap_files.h"

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
    const char *const *paths = (const char *const *)argv + first;
    enum heap_files_kind kind = heap_files_kind(paths, count);
    if (kind == HEAP_FILES_SOME)
        error_set(error, "give .db files alone: x.heapsnapshot beside x.db is read, too",
                  "heap snapshots of V8 and snapshots of heapdiff cannot be compared");
    if (kind == HEAP_FILES_SOME || !comparing_check(&given.comparing, count, error))
        return error->code;
    int code = kind == HEAP_FILES_ALL ? heap_files_compare(paths, count, &given.comparing, error)
                                      : comparing_run(paths, count, &given.comparing, NULL, error);
    comparing_done(&given.comparing);
    return code;
}

const struct command command_compare = {
    .name = "compare",
    .arguments = "[options] A.db B.db [C.db ...] | A.heapsnapshot B.heapsnapshot [...]",
    .summary = "Show what grew between snapshots: verdict, parts of RSS, sites",
    .details =
        "Gives a verdict in one sentence: a leak, growth of a managed heap, memory that the\n"
        "allocator retains, mappings, or no growth. Then lists the parts that RSS growth is\n"
        "made of and the sites that grew; the site that looks most like a leak comes first.\n"
        "Of V8 heap snapshots (DevTools, Node), which may lie beside the .db files, compares the\n"
        "objects: which types grow, in which collection, and what keeps them.",
    .options = options,
    .run = run,
};
