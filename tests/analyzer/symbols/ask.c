/* ask.c -- Asks for the names of addresses: for tests and benchmarks that compare them.
 *
 * ask [--cache] [--debug-dir DIRS] [--debuginfod] [--time NS] [--span BYTES] [--pid PID] MODULE
 * [BUILD_ID]
 * reads hexadecimal addresses from stdin, one a line. For each it prints "@ADDRESS", then
 * "FUNCTION<tab>FILE:LINE:COLUMN" for each function, innermost first, with ?? for what is not
 * known. Seconds and the most memory (KiB, of this process and of the reader) go to stderr.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include "symbols/symbols.h"

#include <getopt.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/resource.h>
#include <time.h>

static double seconds(void)
{
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    return (double)now.tv_sec + (double)now.tv_nsec / 1e9;
}

static void print(const struct symbol_list *list, uint64_t address)
{
    printf("@0x%" PRIx64 "\n", address);
    for (size_t i = 0; i < list->count; i++) {
        const struct symbol *symbol = &list->items[i];
        printf("%s\t%s:%d:%d\n", symbol->function ? symbol->function : "??",
               symbol->file ? symbol->file : "??", symbol->line, symbol->column);
    }
}

static void print_costs(double since)
{
    struct rusage own, reader;
    getrusage(RUSAGE_SELF, &own);
    getrusage(RUSAGE_CHILDREN, &reader);
    fprintf(stderr, "cost: %.4f %ld %ld\n", seconds() - since, own.ru_maxrss, reader.ru_maxrss);
}

static struct symbol_place parse(int argc, char **argv, struct symbol_sources *sources)
{
    static const struct option words[] = {{"cache", no_argument, NULL, 'c'},
                                          {"debug-dir", required_argument, NULL, 'd'},
                                          {"debuginfod", no_argument, NULL, 'f'},
                                          {"time", required_argument, NULL, 't'},
                                          {"span", required_argument, NULL, 's'},
                                          {"pid", required_argument, NULL, 'p'},
                                          {NULL, 0, NULL, 0}};
    struct symbol_place place = {.path = NULL};
    int option;
    sources->no_cache = true;
    while ((option = getopt_long(argc, argv, "", words, NULL)) != -1) {
        sources->no_cache &= option != 'c';
        sources->debuginfod |= option == 'f';
        if (option == 'd')
            sources->debug_dirs = optarg;
        if (option == 't')
            place.time_ns = strtoll(optarg, NULL, 10);
        if (option == 's')
            place.span = strtoull(optarg, NULL, 10);
        if (option == 'p')
            place.pid = strtoll(optarg, NULL, 10);
    }
    place.path = optind < argc ? argv[optind] : "";
    place.build_id = optind + 1 < argc ? argv[optind + 1] : NULL;
    return place;
}

int main(int argc, char **argv)
{
    static const char *const states[] = {"found", "gone", "changed", "unreadable"};
    struct symbol_sources sources = {0};
    struct symbol_place place = parse(argc, argv, &sources);
    char line[64];
    double since = seconds();
    struct symbols *symbols = symbols_new(&sources);
    while (fgets(line, sizeof line, stdin)) {
        place.offset = strtoull(line, NULL, 16);
        struct symbol_list list = symbols_find(symbols, &place);
        print(&list, place.offset);
    }
    struct symbol_module module = symbols_module(symbols, &place);
    fprintf(stderr, "module: %s\t%s\t%s\t%s%s%s\n", states[module.state],
            module.file ? module.file : "-", module.debug_file ? module.debug_file : "-",
            module.has_debug_info ? "lines " : "", module.has_table ? "table" : "",
            module.lacks_split ? " unsplit" : "");
    symbols_free(symbols);
    print_costs(since);
    return 0;
}
