/* jitnames.c -- Names of JIT code: which one an address had when its stack was first seen.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include "jit/jitnames.h"

#include <string.h>
#include <unistd.h>

#include "base/memory.h"
#include "base/sort.h"
#include "jit/codelog.h"
#include "jit/filereader.h"
#include "jit/jitdump.h"
#include "jit/jitfiles.h"
#include "jit/perfmap.h"
#include "tables/jitcode.h"
#include "tables/jitmap.h"
#include "tables/jvm.h"
#include "tables/modules.h"
#include "tables/places.h"

#define CHUNK_SIZE ((size_t)64 << 10)

/* Answers that may be given in one reading: a map made to waste our time is not read to its end. */
#define WORK_LIMIT ((uint64_t)1 << 28)

enum source { NOBODY, LOG, MAP, DUMP };

struct jitnames_question {
    uintptr_t address; /* of the call, not of the instruction after it */
    uint32_t map_size; /* or the log's length, when the stack was first seen */
    uint64_t seen_ns;
    enum source source;         /* the entry whose answer follows */
    bool is_late;               /* written after the stack was first seen */
    struct jitdump_entry entry; /* of a map: only name and length; of the log: nothing */
    struct jitname answer;
};

struct jitnames_chunk {
    struct jitnames_chunk *next;
    size_t used;
    char bytes[CHUNK_SIZE];
};

static int jitnames_compare(const struct jitnames_question *x, const struct jitnames_question *y)
{
    if (x->address != y->address)
        return x->address < y->address ? -1 : 1;
    if (x->map_size != y->map_size)
        return x->map_size < y->map_size ? -1 : 1;
    return x->seen_ns < y->seen_ns ? -1 : x->seen_ns > y->seen_ns;
}

static int by_question(const void *a, const void *b)
{
    return jitnames_compare(a, b);
}

/* ---- questions ------------------------------------------------------------------------------- */

static bool is_native(struct jitnames *names, uintptr_t frame, uint32_t generation)
{
    struct jitnames_native *known = &names->native[(frame ^ frame >> 8) % JITNAMES_NATIVE];
    if (frame && known->frame == frame && known->generation == generation)
        return true;
    if (!modules_find_in(frame, generation))
        return false;
    *known = (struct jitnames_native){frame, generation};
    return true;
}

void jitnames_ask(struct jitnames *names, const struct stack *stack)
{
    for (unsigned i = 0; i < stack->depth; i++) {
        if (places_is(stack->frames[i]) || is_native(names, stack->frames[i], stack->generation))
            continue;
        if (!memory_make_room(&names->questions, sizeof *names->questions, names->count,
                              &names->room))
            return; /* an address without a name */
        names->questions[names->count++] =
            (struct jitnames_question){.address = stack->frames[i] - 1,
                                       .map_size = stack->jitmap_size,
                                       .seen_ns = stack->seen_ns};
    }
}

/* Sorted, each once. */
static void sort_questions(struct jitnames *names)
{
    size_t kept = 0;
    if (!names->count)
        return;
    sort(names->questions, names->count, sizeof *names->questions, by_question);
    for (size_t i = 0; i < names->count; i++)
        if (!kept || jitnames_compare(&names->questions[kept - 1], &names->questions[i]) != 0)
            names->questions[kept++] = names->questions[i];
    names->count = kept;
}

/* The first question about an address from START on. */
static size_t first_from(const struct jitnames *names, uintptr_t start)
{
    size_t low = 0, high = names->count;
    while (low < high) {
        size_t middle = (low + high) / 2;
        if (names->questions[middle].address < start)
            low = middle + 1;
        else
            high = middle;
    }
    return low;
}

/* ---- answers --------------------------------------------------------------------------------- */

struct reading {
    struct jitnames *names;
    uint64_t work;
};

/* Of entries in time the last holds, of late ones the first. */
static void jitnames_take(struct jitnames_question *question, enum source source, bool is_late,
                          const struct jitdump_entry *entry)
{
    if (is_late && question->source != NOBODY)
        return;
    question->source = source;
    question->is_late = is_late;
    question->entry = *entry;
}

/* Code that was announced later did not run then, except where nothing was announced yet. */
static void visit_log(const struct codelog_entry *entry, void *context)
{
    struct reading *reading = context;
    struct jitnames *names = reading->names;
    builtins_take_named(&names->builtins, entry->start, entry->end, entry->name);
    for (size_t i = first_from(names, entry->start); i < names->count; i++) {
        struct jitnames_question *question = &names->questions[i];
        if (question->address >= entry->end || reading->work++ > WORK_LIMIT)
            break;
        bool is_late = entry->number >= question->map_size;
        if ((is_late && question->map_size != JITMAP_UNKNOWN) ||
            (is_late && question->source != NOBODY) ||
            jitcode_is_doubtful(question->address, question->map_size))
            continue;
        question->source = entry->name ? LOG : NOBODY;
        question->answer.name = entry->name;
    }
}

static void visit_map(const struct perfmap_entry *entry, void *context)
{
    struct reading *reading = context;
    struct jitnames *names = reading->names;
    builtins_take(&names->builtins, entry);
    struct jitdump_entry answer = {.name = entry->name, .length = entry->length};
    for (size_t i = first_from(names, entry->start); i < names->count; i++) {
        struct jitnames_question *question = &names->questions[i];
        if (question->address >= entry->end || reading->work++ > WORK_LIMIT)
            break;
        bool is_late = names->limits_hold && question->map_size != JITMAP_HUGE &&
                       entry->offset >= question->map_size;
        if (question->source != LOG)
            jitnames_take(question, MAP, is_late, &answer);
    }
}

static void visit_dump(const struct jitdump_entry *entry, void *context)
{
    struct reading *reading = context;
    struct jitnames *names = reading->names;
    for (size_t i = first_from(names, entry->start); i < names->count; i++) {
        struct jitnames_question *question = &names->questions[i];
        if (question->address >= entry->end || reading->work++ > WORK_LIMIT)
            break;
        if (question->source != MAP && question->source != LOG)
            jitnames_take(question, DUMP, entry->time_ns > question->seen_ns, entry);
    }
}

/* ---- texts ----------------------------------------------------------------------------------- */

static char *make_text(struct jitnames *names, size_t size)
{
    struct jitnames_chunk *chunk = names->chunks;
    if (!chunk || CHUNK_SIZE - chunk->used < size) {
        chunk = memory_alloc(sizeof *chunk);
        if (!chunk)
            return NULL;
        chunk->next = names->chunks;
        chunk->used = 0;
        names->chunks = chunk;
    }
    char *text = chunk->bytes + chunk->used;
    chunk->used += size;
    return text;
}

static const char *keep_text(struct jitnames *names, const char *bytes, size_t size)
{
    char *text = make_text(names, size + 1);
    if (!text)
        return NULL;
    memcpy(text, bytes, size);
    text[size] = '\0';
    return text;
}

/* A text of the file that ends at a zero or after LENGTH bytes; NULL when it cannot be read. */
static const char *read_text(struct jitnames *names, int fd, uint64_t offset, size_t length)
{
    char bytes[PERFMAP_NAME_LIMIT];
    size_t want = length < sizeof bytes ? length : sizeof bytes;
    ssize_t got = offset <= INT64_MAX ? pread(fd, bytes, want, (off_t)offset) : -1;
    if (got < 0)
        return NULL;
    return keep_text(names, bytes, strnlen(bytes, (size_t)got));
}

/* "JS:*f /app/a.js:1:2": where the function begins is said, and is the same in all tiers. */
static bool has_place(const char *name)
{
    size_t length = strlen(name), end = length;
    while (end > 0 && name[end - 1] >= '0' && name[end - 1] <= '9')
        end--;
    return end < length && end > 0 && name[end - 1] == ':';
}

static void read_place(struct jitnames *names, int fd, struct jitnames_question *question)
{
    struct jitdump_line line = jitdump_find_line(fd, &question->entry, question->address);
    if (line.line == 0)
        return;
    question->answer.file = read_text(names, fd, line.file, line.length);
    question->answer.line = line.line;
}

/* Questions about one address lie together, and mostly have one answer: one text. */
static void read_texts(struct jitnames *names, int map, int dump)
{
    const struct jitnames_question *last = NULL;
    for (size_t i = 0; i < names->count; i++) {
        struct jitnames_question *question = &names->questions[i];
        int fd = question->source == MAP ? map : dump;
        if (question->source == NOBODY || question->source == LOG)
            continue;
        bool same =
            last && last->source == question->source && last->entry.name == question->entry.name;
        question->answer.name =
            same ? last->answer.name
                 : read_text(names, fd, question->entry.name, question->entry.length);
        if (same && last->address == question->address)
            question->answer = last->answer;
        else if (question->answer.name && question->entry.lines &&
                 !has_place(question->answer.name))
            read_place(names, fd, question);
        last = question;
    }
}

/* Code without a name may be the JVM's interpreter, or a method that it interprets (unwind/fast.c).
 */
static void read_methods(struct jitnames *names)
{
    char name[PERFMAP_NAME_LIMIT];
    const struct jitnames_question *last = NULL;
    for (size_t i = 0; i < names->count; i++) {
        struct jitnames_question *question = &names->questions[i];
        if (question->source != NOBODY)
            continue;
        if (last && last->address == question->address)
            question->answer = last->answer;
        else if (jvm_interprets(question->address))
            question->answer.name = "Interpreter"; /* as the JVM's own map has it */
        else if (jvm_method_name(question->address + 1, name, sizeof name))
            question->answer.name = keep_text(names, name, strlen(name));
        last = question;
    }
}

/* ---- all of it ------------------------------------------------------------------------------- */

void jitnames_read(struct jitnames *names, int map, int dump)
{
    struct reading reading = {.names = names};
    sort_questions(names);
    if (names->count)
        codelog_scan(visit_log, &reading);
    reading.work = 0;
    if (map >= 0 && names->count)
        perfmap_scan(map, visit_map, &reading);
    builtins_finish(&names->builtins, map);
    reading.work = 0;
    if (dump >= 0 && names->count)
        jitdump_scan(dump, visit_dump, &reading);
    read_texts(names, map, dump);
}

void jitnames_answer(struct jitnames *names, const struct process_maps *maps, int pid)
{
    if (!names->count)
        return;
    int map = jitfiles_open_map(pid, &names->limits_hold);
    if (jitcode_count())
        names->limits_hold = false; /* the stacks have the length of the log */
    int dump = jitfiles_open_dump(pid, maps);
    jitnames_read(names, map, dump);
    read_methods(names);
    if (map >= 0)
        close(map);
    if (dump >= 0)
        close(dump);
}

struct jitname jitnames_find(const struct jitnames *names, uintptr_t address,
                             const struct stack *stack)
{
    if (places_is(address))
        return (struct jitname){.name = places_text(address)};
    struct jitnames_question key = {
        .address = address - 1, .map_size = stack->jitmap_size, .seen_ns = stack->seen_ns};
    size_t low = 0, high = names->count;
    while (low < high) {
        size_t middle = (low + high) / 2;
        int order = jitnames_compare(&names->questions[middle], &key);
        if (order == 0)
            return names->questions[middle].answer;
        if (order < 0)
            low = middle + 1;
        else
            high = middle;
    }
    return (struct jitname){0};
}

void jitnames_done(struct jitnames *names)
{
    while (names->chunks) {
        struct jitnames_chunk *chunk = names->chunks;
        names->chunks = chunk->next;
        memory_free(chunk);
    }
    memory_free(names->questions);
    builtins_done(&names->builtins);
    *names = (struct jitnames){0};
}
