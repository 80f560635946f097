/* heap_files.c -- The commands show and compare for V8's heap snapshots.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include "commands/heap_files.h"

#include "base/units.h"
#include "commands/comparing.h"
#include "compare/gate.h"
#include "heapsnapshot/heap.h"
#include "print/objects_json.h"
#include "print/objects_text.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define USUAL_TOP 10
#define JSON_TOP  100
#define MORE_WAYS 20 /* types whose ways are found for the text, listed or not */

/* A heap snapshot is JSON; a snapshot of heapdiff begins with SQLite's name. */
static bool is_heap(const char *path)
{
    if (heap_is_named(path))
        return true;
    FILE *file = fopen(path, "re");
    int first = file ? getc(file) : EOF;
    if (file)
        fclose(file);
    return first == '{';
}

enum heap_files_kind heap_files_kind(const char *const *paths, size_t count)
{
    size_t heaps = 0;
    for (size_t i = 0; i < count; i++)
        heaps += is_heap(paths[i]);
    return heaps == 0 ? HEAP_FILES_NONE : heaps == count ? HEAP_FILES_ALL : HEAP_FILES_SOME;
}

static bool is_json(const char *format)
{
    return format && strcmp(format, "json") == 0;
}

static int64_t top_of(int64_t given, bool json)
{
    return given < 0 ? (json ? JSON_TOP : USUAL_TOP) : given == 0 ? INT64_MAX : given;
}

static void heap_files_print(const struct objects *objects, const char *format,
                             const struct objects_text_options *options)
{
    struct text out = {0};
    if (is_json(format)) {
        objects_json(objects, options->top, &out);
        fwrite(out.bytes, 1, out.length, stdout);
    } else {
        objects_text(objects, options, &out);
        term_print(&out);
    }
    text_done(&out);
}

int heap_files_show(const char *path, const char *format, const char *colour, int64_t top,
                    struct error *error)
{
    bool json = is_json(format);
    struct objects_text_options print = {
        .term = term_of_stdout(colour), .top = top_of(top, json), .has_headline = true};
    struct objects_options how = {.top = json ? print.top : 0};
    struct objects *objects = objects_open(&path, 1, &how, error);
    if (!objects)
        return error->code;
    heap_files_print(objects, format, &print);
    objects_close(objects);
    return EXIT_DONE;
}

/* ---- compare ------------------------------------------------------------------------------------
 */

/* Options that only make sense for sites. */
static bool check(const struct comparing *given, struct error *error)
{
    const struct {
        const char *name;
        bool is_given;
    } options[] = {{"--report", given->page},
                   {"--baseline", given->baseline},
                   {"--write-baseline", given->new_baseline},
                   {"--suppress", given->suppressions},
                   {"--by", given->listing.by},
                   {"--view", given->listing.view},
                   {"--sort", given->listing.sort},
                   {"--filter", given->listing.filter},
                   {"--tree", given->listing.tree},
                   {"--ops", given->operations > 0},
                   {"--format markdown", given->format && strcmp(given->format, "markdown") == 0},
                   {"--format junit", given->format && strcmp(given->format, "junit") == 0}};
    for (size_t i = 0; i < sizeof options / sizeof *options; i++)
        if (options[i].is_given)
            return error_set(error, "heap snapshots have types of objects",
                             "%s is for sites of allocations", options[i].name);
    return true;
}

/* Growth of the growing types; with a pattern, of those whose names match. */
static int64_t growth_of(const struct objects *objects, const struct gate *gate)
{
    int64_t sum = 0;
    if (!gate->has_site)
        return objects->growing_bytes;
    for (size_t i = 0; i < objects->growing; i++)
        if (regexec(&gate->site, objects->types.items[i].name, 0, NULL, 0) == 0)
            sum += objects->types.items[i].kept;
    return sum;
}

static int judge(const struct objects *objects, const struct comparing *given, struct error *error)
{
    struct gate gate;
    if (!given->limit)
        return EXIT_DONE;
    if (!gate_init(&gate, given->limit, error))
        return error->code;
    int64_t growth = growth_of(objects, &gate);
    int code = EXIT_DONE;
    if (growth > gate.limit) {
        error_set(error, NULL, "growing types of objects retain %s more, the limit is %s",
                  units_bytes(growth).text, units_bytes(gate.limit).text);
        code = error->code = EXIT_EXCEEDED;
    }
    gate_done(&gate);
    return code;
}

int heap_files_compare(const char *const *paths, size_t count, const struct comparing *given,
                       struct error *error)
{
    bool json = is_json(given->format);
    struct objects_text_options print = {.term = term_of_stdout(given->colour),
                                         .top = top_of(given->top, json),
                                         .all = given->all_sites,
                                         .has_headline = true};
    struct objects_options how = {.top = json ? print.top : MORE_WAYS};
    if (!check(given, error))
        return error->code;
    struct objects *objects = objects_open(paths, count, &how, error);
    if (!objects)
        return error->code;
    heap_files_print(objects, given->format, &print);
    int code = judge(objects, given, error);
    objects_close(objects);
    return code;
}

/* ---- beside -------------------------------------------------------------------------------------
 */

/* "x.db" -> "x.heapsnapshot"; free() it. */
static char *path_beside(const char *path)
{
    struct text text = {0};
    size_t length = strlen(path);
    bool is_named = length > 3 && strcmp(path + length - 3, ".db") == 0;
    text_add_n(&text, path, is_named ? length - 3 : length);
    text_add(&text, ".heapsnapshot");
    return text.bytes;
}

struct objects *heap_files_beside(const char *const *paths, size_t count, int64_t top,
                                  struct error *note)
{
    char **beside = memory_zeroed(count, sizeof *beside);
    bool all = count > 0;
    struct objects_options how = {.top = top};
    struct objects *objects = NULL;
    for (size_t i = 0; i < count; i++) {
        beside[i] = path_beside(paths[i]);
        all = all && access(beside[i], R_OK) == 0;
    }
    if (all)
        objects = objects_open((const char *const *)beside, count, &how, note);
    for (size_t i = 0; i < count; i++)
        free(beside[i]);
    free(beside);
    return objects;
}
