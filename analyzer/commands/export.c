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
    bool growth, grouped;
    struct symbol_sources sources;
};

static const struct option_spec options[] = {
    {"format", 'f', OPTION_TEXT, EXPORT_FORMATS, "What to write (heapsnapshot).",
     offsetof(struct export_options, format)},
    {"output", 'o', OPTION_TEXT, "OUT", "File, or for several snapshots a folder (stdout).",
     offsetof(struct export_options, target)},
    {"class", 0, OPTION_TEXT, "site|kind|module",
     "What DevTools groups objects by (site); kind makes buffers its typed arrays.",
     offsetof(struct export_options, class_by)},
    {"by", 0, OPTION_TEXT, "label|thread",
     "Put the stack's label or thread below the root, as a frame (pprof always has them as tags).",
     offsetof(struct export_options, by)},
    {"growth", 0, OPTION_FLAG, NULL,
     "Write only what grew from the first snapshot to the last (heapprofile, pprof, folded, json).",
     offsetof(struct export_options, growth)},
    {"grouped", 0, OPTION_FLAG, NULL,
     "One object per stack, size class and birth instead of one per block: small files.",
     offsetof(struct export_options, grouped)},
    {"rules", 0, OPTION_TEXT, "FILE", "Rules that say whose code a frame is, before our own.",
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

static int run(int argc, char **argv, struct error *error)
{
    struct export_options given = {.format = "heapsnapshot"};
    int first = options_parse(&command_export, argc, argv, &given, error);
    if (first < 0)
        return error->code;
    if (argc == first) {
        error_set(error, "heapdiff export A.db B.db -o FOLDER/", "a snapshot is missing");
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
                                     .grouped = given.grouped};
    bool good = rules && export_run(&request, error);
    rules_free(rules);
    return good ? EXIT_DONE : error->code;
}

const struct command command_export = {
    .name = "export",
    .arguments = "[options] A.db [B.db ...]",
    .summary = "Writes snapshots for Chrome DevTools, pprof, flame graphs and other programs",
    .details =
        "heapsnapshot and heapprofile open in Chrome DevTools' Memory panel. Snapshots that are\n"
        "to be compared there must be exported together: -o FOLDER/ names their files in order\n"
        "and gives a block that is alive in several of them the same id in each. Of two or more\n"
        "snapshots heapprofile, pprof, folded and json also write what grew.",
    .options = options,
    .run = run,
};
