/* info.c -- heapdiff info: the facts of a snapshot, and how much of it has names.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include "cli/command.h"
#include "commands/symbol_options.h"
#include "print/info_report.h"
#include "symbols/packages.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define FEW 2

struct info_options {
    const char *format;
    struct symbol_sources sources;
};

static const struct option_spec options[] = {
    {"format", 0, OPTION_TEXT, "text|json", "Print in this format (text).",
     offsetof(struct info_options, format)},
    SYMBOL_OPTIONS(struct info_options, sources),
    {0},
};

/* A few addresses without a line (stubs of the linker, _start and other assembler) do not count. */
static bool is_complete(const struct coverage_module *module)
{
    size_t lacking = module->count.addresses - module->count.with_lines;
    bool has_few = module->count.with_lines > 0 && lacking <= FEW;
    return (has_few || 10 * lacking <= module->count.addresses) && !module->symbols.lacks_split;
}

static void info_gather(struct info *info, struct frames *frames, struct symbols *symbols,
                        struct pool *pool)
{
    const struct store *store = info->store;
    coverage_init(&info->coverage, store, frames, symbols);
    size_t count = info->coverage.modules.count;
    info->advice = pool_zeroed(pool, count * sizeof *info->advice);
    for (size_t i = 0; i < count; i++) {
        const struct coverage_module *module = &info->coverage.modules.items[i];
        struct symbol_place place = frames_module_place(frames, module->module);
        if (!is_complete(module))
            info->advice[i] = packages_advice(&module->symbols, &place, pool);
    }
    info->stacks = store->stacks.count;
    for (size_t i = 0; i < store->stacks.count; i++)
        info->truncated_stacks += store->stacks.items[i].is_truncated;
}

static void info_print(struct store *store, const struct rules *rules,
                       const struct info_options *given)
{
    struct info info = {.store = store};
    struct symbols *symbols = symbols_new(&given->sources);
    struct frames *frames = frames_new(store, symbols, rules);
    struct pool *pool = pool_new();
    struct text out = {0};
    info_gather(&info, frames, symbols, pool);
    if (given->format && strcmp(given->format, "json") == 0)
        info_report_json(&info, &out);
    else
        info_report_text(&info, &out);
    fwrite(out.bytes, 1, out.length, stdout);
    text_done(&out);
    coverage_done(&info.coverage);
    pool_free(pool);
    frames_free(frames);
    symbols_free(symbols);
}

static int info_main(int argc, char **argv, struct error *error)
{
    struct info_options given = {0};
    int first = options_parse(&command_info, argc, argv, &given, error);
    if (first < 0)
        return error->code;
    if (argc - first != 1) {
        error_set(error, "heapdiff info A.db", "info takes one snapshot");
        return error->code;
    }
    if (!symbol_options_check(&given.sources, error))
        return error->code;
    struct store *store = store_open(argv[first], error);
    struct rules *rules = store ? rules_new(NULL, error) : NULL;
    if (rules)
        info_print(store, rules, &given);
    rules_free(rules);
    store_close(store);
    return rules ? EXIT_DONE : error->code;
}

const struct command command_info = {
    .name = "info",
    .arguments = "[options] A.db",
    .summary = "Describe a snapshot, how much of it has names, and how to get more",
    .details = "For each module, counts the addresses that have names and lines and names the\n"
               "package to install for the rest. Also lists what recording dropped, cut short or\n"
               "estimated.",
    .options = options,
    .run = info_main,
};
