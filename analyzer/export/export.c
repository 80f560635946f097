/* export.c -- Snapshots for other tools: from a request to files with names.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include "export/export.h"

#include "base/out.h"
#include "base/text.h"
#include "base/units.h"
#include "export/destination.h"
#include "export/heapsnapshot.h"
#include "export/profile.h"
#include "store/block_list.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define MOST_NODES   ((int64_t)5000000)         /* what DevTools' worker was seen to bear */
#define LONGEST_TEXT (((uint64_t)1 << 29) - 24) /* characters of a text in JavaScript */

/* One file to be written. */
struct task {
    const struct set *set;
    const struct numbers *numbers; /* NULL for formats without objects */
    size_t index;                  /* of the snapshot in the set */
    size_t number;                 /* of the file, from 1 */
    bool growth;                   /* from the first snapshot to the last, instead of one */
    struct out *out;
};

struct format {
    const char *name, *ending;
    bool has_objects; /* with ids, written by heapsnapshot.c */
    bool has_freed;   /* tells of stacks that have no live block */
    bool can_grow;    /* also as what grew between two snapshots */
    bool is_binary;
    bool is_one_text;   /* read by DevTools as one text, whose length is limited */
    bool opens_by_name; /* in DevTools, which looks at the ending */
    bool from_site;     /* stacks begin at the program's function; see tree.h */
    bool (*write)(const struct task *task, struct error *error);
    const char *advice; /* said once on stderr; NULL: none */
};

static bool write_snapshot(const struct task *task, struct error *error)
{
    return heapsnapshot_write(task->set, task->numbers, task->index, false, task->out, error);
}

static bool write_timeline(const struct task *task, struct error *error)
{
    return heapsnapshot_write(task->set, task->numbers, task->index, true, task->out, error);
}

typedef void (*profile_writer)(const struct profile *profile, struct out *out);

static bool write_profile(const struct task *task, profile_writer writer)
{
    struct profile profile;
    profile_make(&profile, task->set, task->index, task->growth);
    writer(&profile, task->out);
    profile_done(&profile);
    return true;
}

static bool write_heapprofile(const struct task *task, struct error *error)
{
    (void)error;
    return write_profile(task, heapprofile_write);
}

static bool write_folded(const struct task *task, struct error *error)
{
    (void)error;
    return write_profile(task, folded_write);
}

static bool write_json(const struct task *task, struct error *error)
{
    (void)error;
    return write_profile(task, json_profile_write);
}

static bool write_pprof(const struct task *task, struct error *error)
{
    struct profile profile;
    profile_make(&profile, task->set, task->index, task->growth);
    bool good = pprof_write(&profile, task->out, error);
    profile_done(&profile);
    return good;
}

static const struct format formats[] = {
    {.name = "heapsnapshot",
     .ending = ".heapsnapshot",
     .has_objects = true,
     .opens_by_name = true,
     .from_site = true,
     .write = write_snapshot},
    {.name = "heaptimeline",
     .ending = ".heaptimeline",
     .has_objects = true,
     .has_freed = true,
     .opens_by_name = true,
     .from_site = true,
     .write = write_timeline,
     .advice = "for allocation stacks tick DevTools' Memory > Allocations on timeline > Allocation "
               "stack traces before loading the file"},
    {.name = "heapprofile",
     .ending = ".heapprofile",
     .can_grow = true,
     .is_one_text = true,
     .opens_by_name = true,
     .from_site = true,
     .write = write_heapprofile},
    {.name = "pprof",
     .ending = ".pb.gz",
     .can_grow = true,
     .is_binary = true,
     .write = write_pprof},
    {.name = "folded", .ending = ".folded", .can_grow = true, .write = write_folded},
    {.name = "json", .ending = ".json", .can_grow = true, .write = write_json},
};

static const struct format *find_format(const char *name)
{
    for (size_t i = 0; i < sizeof formats / sizeof *formats; i++) {
        if (strcmp(formats[i].name, name) == 0)
            return &formats[i];
    }
    return NULL;
}

/* DevTools cannot show less than nothing for what is not tracked. */
static void say_excess(const struct task *task)
{
    if (!task->numbers)
        return;
    const struct store *store = task->set->snapshots[task->index].store;
    int64_t live = task->numbers->snapshots[task->index].bytes;
    if (live > store->facts.rss_bytes)
        fprintf(stderr,
                "heapdiff: %s: %s is live but only %s resident (the rest was never touched), "
                "so the total is above RSS\n",
                store->path, units_bytes(live).text, units_bytes(store->facts.rss_bytes).text);
}

static bool write_task(const struct export_request *request, const struct format *format,
                       struct task *task, struct error *error)
{
    struct text name = {0};
    if (request->target)
        destination_name(request->target, format->ending, task->number,
                         task->growth ? NULL : &task->set->snapshots[task->index].store->facts,
                         &name);
    task->out = out_open(name.bytes, error);
    bool good = task->out && format->write(task, error);
    uint64_t length = task->out ? out_length(task->out) : 0;
    if (task->out && good)
        good = out_close(task->out, error);
    else if (task->out)
        out_discard(task->out);
    if (good && request->target && printf("%s\n", name.bytes) > 0)
        fflush(stdout);
    if (good)
        say_excess(task);
    if (good && format->is_one_text && length > LONGEST_TEXT)
        fprintf(stderr, "heapdiff: %s is longer than the 512 MiB that DevTools can read of a %s\n",
                name.length ? name.bytes : "this", format->name);
    text_done(&name);
    return good;
}

/* Counted by its stacks: the totals of an untrusted file may be anything. */
static int64_t blocks_of(const struct store *store)
{
    int64_t sum = 0;
    for (size_t i = 0; i < store->stacks.count; i++) {
        int64_t blocks = store->stacks.items[i].live_blocks;
        sum = store_sum(sum, blocks > 0 ? blocks : 0);
    }
    return sum;
}

static int64_t most_blocks(const struct set *set)
{
    int64_t most = 0;
    for (size_t i = 0; i < set->count; i++) {
        int64_t blocks = blocks_of(set->snapshots[i].store);
        most = blocks > most ? blocks : most;
    }
    return most;
}

static bool are_listed(const struct set *set, bool *listed, struct error *error)
{
    *listed = true;
    for (size_t i = 0; i < set->count && *listed; i++) {
        int64_t count = block_list_count(set->snapshots[i].store, error);
        if (count < 0)
            return false;
        *listed = count > 0;
    }
    return true;
}

/* There is an object for each block, with its own size when all snapshots list their blocks, unless
 * there are more than DevTools can bear. */
static bool make_numbers(const struct export_request *request, const struct format *format,
                         const struct set *set, struct numbers *numbers, struct error *error)
{
    bool by_birth = format->has_freed || set->count > 1;
    int64_t limit = request->most_blocks > 0 ? request->most_blocks : MOST_NODES;
    struct numbers_options options = {.each = !request->grouped && most_blocks(set) <= limit,
                                      .most_blocks = limit,
                                      .by = by_birth ? CELLS_BY_BIRTH : CELLS_BY_SIZE};
    if (!request->grouped && !options.each)
        fprintf(stderr,
                "heapdiff: %s blocks are too many for DevTools; those of one stack and size "
                "become one object\n",
                units_count(most_blocks(set)).text);
    return (!options.each || are_listed(set, &options.blocks, error)) &&
           numbers_make(numbers, set, &options, error);
}

/* Writes the files of a set; the first one has NUMBER. */
static bool write_set(const struct export_request *request, const struct format *format,
                      const struct set *set, size_t number, struct error *error)
{
    struct numbers numbers = {0};
    struct task task = {.set = set, .numbers = format->has_objects ? &numbers : NULL};
    bool good = !format->has_objects || make_numbers(request, format, set, &numbers, error);
    for (size_t i = 0; i < set->count && good && !request->growth; i++) {
        task.index = i;
        task.number = number + i;
        good = write_task(request, format, &task, error);
    }
    if (good && set->count > 1 && format->can_grow) {
        task.growth = true;
        task.number = number + set->count;
        good = write_task(request, format, &task, error);
    }
    numbers_done(&numbers);
    return good;
}

/* A timeline, which is always a single snapshot, orders its objects by time of allocation. */
static bool export_write_all(const struct export_request *request, const struct format *format,
                             struct error *error)
{
    struct set_options options = {
        .class_by = request->class_by,
        .root_by = request->root_by,
        .rules = request->rules,
        .sources = request->sources,
        .stacks = format->from_site && !request->all_frames ? TREE_FROM_SITE : TREE_WHOLE,
        .with_freed = format->has_freed};
    size_t together = format->has_objects && format->has_freed ? 1 : request->count;
    for (size_t i = 0; i < request->count; i += together) {
        struct set *set = set_open(request->paths + i, together, &options, error);
        bool good = set && write_set(request, format, set, i + 1, error);
        set_close(set);
        if (!good)
            return false;
    }
    return true;
}

static bool has_several(const struct export_request *request)
{
    return request->count > 1 && !request->growth;
}

static bool export_check(const struct export_request *request, const struct format *format,
                         struct error *error)
{
    if (request->growth && !format->can_grow)
        return error_set(error, "export all snapshots and compare them in DevTools",
                         "format %s cannot store growth", format->name);
    if (request->growth && request->count < 2)
        return error_set(error, NULL, "--growth needs two snapshots or more");
    if (has_several(request) && (!request->target || !destination_may_be_folder(request->target)))
        return error_set(error, "-o FOLDER/", "several snapshots make several files");
    if (!request->target && format->is_binary && isatty(STDOUT_FILENO))
        return error_set(error, "-o FILE", "stdout is a terminal, and format %s is not text",
                         format->name);
    return true;
}

/* DevTools tells formats by the ends of names. */
static bool has_ending(const char *name, const char *ending)
{
    size_t length = strlen(name), end = strlen(ending);
    return length > end && strcmp(name + length - end, ending) == 0;
}

static void advise(const struct export_request *request, const struct format *format)
{
    if (format->opens_by_name && request->target && !destination_is_folder(request->target) &&
        !has_ending(request->target, format->ending))
        fprintf(stderr, "heapdiff: DevTools opens it only under a name that ends with %s\n",
                format->ending);
    if (format->advice && request->target)
        fprintf(stderr, "heapdiff: %s\n", format->advice);
}

bool export_run(const struct export_request *request, struct error *error)
{
    const struct format *format = find_format(request->format);
    if (!format)
        return error_set(error, NULL, "there is no format %s", request->format);
    if (!export_check(request, format, error))
        return false;
    struct destination_folder folder = {0};
    bool has_folder =
        request->target && (has_several(request) || destination_is_folder(request->target));
    if (has_folder && !destination_make(&folder, request->target, error))
        return false;
    bool good = export_write_all(request, format, error);
    destination_done(&folder, good);
    if (good)
        advise(request, format);
    return good;
}
