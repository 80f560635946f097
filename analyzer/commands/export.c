/* export.c -- heapdiff export: snapshots in the formats of other tools.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include "export/export.h"

#include "cli/command.h"
#include "commands/symbol_options.h"

#include <string.h>

struct export_options {
    const char *format, *target, *class_by, *by, *rules;
    bool growth, grouped, all_frames;
    struct symbol_sources sources;
};

static const struct option_spec options[] = {
    {"format", 'f', OPTION_TEXT, EXPORT_FORMATS, "Write this format (heapsnapshot).",
     offsetof(struct export_options, format)},
    {"output", 'o', OPTION_TEXT, "OUT",
     "Write to this file; several snapshots need a folder (stdout).",
     offsetof(struct export_options, target)},
    {"class", 0, OPTION_TEXT, "site|kind|module",
     "Group objects in DevTools by this (site); kind shows buffers as typed arrays.",
     offsetof(struct export_options, class_by)},
    {"by", 0, OPTION_TEXT, "label|thread",
     "Add the label or thread of a stack as a frame below the root (pprof always has tags).",
     offsetof(struct export_options, by)},
    {"growth", 0, OPTION_FLAG, NULL,
     "Write only the growth from first snapshot to last (heapprofile, pprof, folded, json).",
     offsetof(struct export_options, growth)},
    {"grouped", 0, OPTION_FLAG, NULL,
     "Write one object per stack, size class and lifetime, not one per block: smaller files.",
     offsetof(struct export_options, grouped)},
    {"all-frames", 0, OPTION_FLAG, NULL,
     "Keep frames of runtimes and allocators in files for DevTools, too.",
     offsetof(struct export_options, all_frames)},
    {"rules", 0, OPTION_TEXT, "FILE", "Decide whose code a frame is by the rules in FILE first.",
     offsetof(struct export_options, rules)},
    SYMBOL_OPTIONS(struct export_options, sources),
    {0},
};

static enum class_by parse_class(const char *word)
{
    if (word && strcmp(word, "kind") == 0)
        return CLASS_BY_KIND;
    return word && strcmp(word, "module") == 0 ? CLASS_BY_MODULE : CLASS_BY_SITE;
}

static enum root_by parse_root(const char *word)
{
    if (!word)
        return ROOT_BY_NOTHING;
    return strcmp(word, "label") == 0 ? ROOT_BY_LABEL : ROOT_BY_THREAD;
}

static int export_main(int argc, char **argv, struct error *error)
{
    struct export_options given = {.format = "heapsnapshot"};
    int first = options_parse(&command_export, argc, argv, &given, error);
    if (first < 0)
        return error->code;
    if (argc == first) {
        error_set(error, "heapdiff export A.db B.db -o FOLDER/", "export takes a snapshot");
        return error->code;
    }
    if (!symbol_options_check(&given.sources, error))
        return error->code;
    struct rules *rules = rules_new(given.rules, error);
    struct export_request request = {.paths = (const char *const *)argv + first,
                                     .count = (size_t)(argc - first),
                                     .format = given.format,
                                     .target = given.target,
                                     .rules = rules,
                                     .sources = &given.sources,
                                     .class_by = parse_class(given.class_by),
                                     .root_by = parse_root(given.by),
                                     .growth = given.growth,
                                     .grouped = given.grouped,
                                     .all_frames = given.all_frames};
    bool good = rules && export_run(&request, error);
    rules_free(rules);
    return good ? EXIT_DONE : error->code;
}

const struct command command_export = {
    .name = "export",
    .arguments = "[options] A.db [B.db ...]",
    .summary = "Write snapshots for Chrome DevTools, pprof, flame graphs and other tools",
    .details =
        "heapsnapshot and heapprofile open in the Memory panel of Chrome DevTools. To compare\n"
        "snapshots there, export them together: -o FOLDER/ numbers the files in order and gives\n"
        "a block the same id in each of them. From two snapshots or more, heapprofile, pprof,\n"
        "folded and json also write the growth.",
    .options = options,
    .run = export_main,
};
