/* symbolize.c -- heapdiff symbolize: writes names into a snapshot, for use on other machines.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include "base/progress.h"
#include "cli/command.h"
#include "commands/symbol_options.h"
#include "frames/frames.h"
#include "store/symbol_rows.h"

#include <stdio.h>
#include <stdlib.h>

struct symbolize_options {
    const char *target;
    struct symbol_sources sources;
};

static const struct option_spec options[] = {
    {"output", 'o', OPTION_TEXT, "FILE",
     "Write a copy to this file (default: change the snapshot).",
     offsetof(struct symbolize_options, target)},
    SYMBOL_OPTIONS(struct symbolize_options, sources),
    {0},
};

/* All names of a snapshot, and how many locations have some. */
struct names {
    VEC(struct symbol_row) rows;
    size_t native, named, with_lines;
};

static bool has_lines(const struct symbol_list *list)
{
    return list->count > 0 && list->items[list->count - 1].file;
}

/* The names that this machine knows; names that the file has stay when they are better. */
static struct symbol_list best_of(struct frames *frames, uint32_t location)
{
    struct symbol_list found = frames_look_up(frames, location);
    struct symbol_list stored = frames_stored(frames, location);
    bool keep = found.count == 0 || (has_lines(&stored) && !has_lines(&found));
    return keep ? stored : found;
}

static void add_location(struct names *names, struct frames *frames, const struct store *store,
                         uint32_t index)
{
    const struct store_location *location = &store->locations.items[index];
    struct symbol_list list = best_of(frames, index);
    for (size_t i = 0; i < list.count; i++) {
        const struct symbol *symbol = &list.items[i];
        struct symbol_row row = {.location = location->id,
                                 .depth = (int)i,
                                 .function = symbol->function ? symbol->function : "",
                                 .file = symbol->file,
                                 .line = symbol->line,
                                 .column = symbol->column};
        VEC_ADD(&names->rows, row);
    }
    if (location->module == STORE_NONE)
        return;
    names->native++;
    names->named += list.count > 0;
    names->with_lines += has_lines(&list);
}

static void symbolize_collect(struct names *names, struct frames *frames, const struct store *store)
{
    for (uint32_t i = 0; i < store->locations.count; i++) {
        progress_say("%u of %zu addresses", i, store->locations.count);
        add_location(names, frames, store, i);
    }
    progress_end();
}

static bool symbolize_file(const char *path, const char *target,
                           const struct symbol_sources *sources, struct error *error)
{
    struct store *store = store_open(path, error);
    if (!store)
        return false;
    struct rules *rules = rules_new(NULL, error);
    struct symbols *symbols = symbols_new(sources);
    struct frames *frames = frames_new(store, symbols, rules);
    struct names names = {0};
    symbolize_collect(&names, frames, store);
    bool good = symbol_rows_write(path, target, names.rows.items, names.rows.count, error);
    if (good)
        fprintf(stderr, "heapdiff: %s has names for %zu of %zu native addresses, %zu with lines\n",
                target, names.named, names.native, names.with_lines);
    VEC_DONE(&names.rows);
    frames_free(frames);
    symbols_free(symbols);
    rules_free(rules);
    store_close(store);
    return good;
}

static int symbolize_main(int argc, char **argv, struct error *error)
{
    struct symbolize_options given = {0};
    int first = options_parse(&command_symbolize, argc, argv, &given, error);
    if (first < 0)
        return error->code;
    if (argc - first < 1 || (given.target && argc - first > 1)) {
        error_set(error, "heapdiff symbolize A.db",
                  given.target ? "-o takes one snapshot" : "symbolize takes a snapshot");
        return error->code;
    }
    if (!symbol_options_check(&given.sources, error))
        return error->code;
    for (int i = first; i < argc; i++) {
        if (!symbolize_file(argv[i], given.target ? given.target : argv[i], &given.sources, error))
            return error->code;
    }
    return EXIT_DONE;
}

const struct command command_symbolize = {
    .name = "symbolize",
    .arguments = "[options] A.db [B.db ...]",
    .summary = "Write names of functions, files and lines into a snapshot",
    .details = "Afterwards any machine can read the snapshot with names, even one without the\n"
               "program. Run it on the machine that has the program. Run it again after you\n"
               "installed debug information: it keeps the names until it finds better ones.",
    .options = options,
    .run = symbolize_main,
};
