/* sources.c -- The lines round the frames of a page, where this machine has their files.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include "html/sources.h"

#include "base/json.h"
#include <inttypes.h>
#include <limits.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#define AROUND       5                 /* lines before and after */
#define MOST_COLUMNS 240               /* of a line: some are made by machines */
#define MOST_BYTES   ((size_t)1 << 21) /* of a file */
#define MOST_FILES   300

struct source_file {
    struct text text;
    bool is_there;
    int64_t changed_ns;
};

struct sources {
    struct map index;
    VEC(struct source_file) files;
    struct map seen; /* places that are on the page */
    int64_t time_ns; /* of the last snapshot */
    const char *comma;
};

static bool is_source(const char *path)
{
    static const char *const endings[] = {
        ".c",   ".cc",  ".cpp", ".cxx", ".h",   ".hh", ".hpp",  ".rs",   ".go",    ".js",
        ".mjs", ".cjs", ".ts",  ".tsx", ".jsx", ".py", ".java", ".kt",   ".scala", ".cs",
        ".rb",  ".lua", ".php", ".zig", ".d",   ".m",  ".mm",   ".swift"};
    const char *dot = strrchr(text_base_name(path), '.');
    for (size_t i = 0; dot && i < sizeof endings / sizeof *endings; i++) {
        if (strcmp(dot, endings[i]) == 0)
            return true;
    }
    return false;
}

static struct source_file read_file(const char *path)
{
    struct source_file file = {0};
    struct stat status;
    if (path[0] != '/' || !is_source(path) || stat(path, &status) != 0 || !S_ISREG(status.st_mode))
        return file;
    file.changed_ns = status.st_mtim.tv_sec * INT64_C(1000000000) + status.st_mtim.tv_nsec;
    file.is_there = text_read_file(&file.text, path, MOST_BYTES) && file.text.length > 0;
    return file;
}

static struct source_file *find_file(struct sources *sources, const char *path)
{
    bool is_new;
    size_t *slot = map_find(&sources->index, path, strlen(path));
    if (!slot && sources->files.count >= MOST_FILES)
        return NULL;
    slot = map_add(&sources->index, path, strlen(path), &is_new);
    if (is_new) {
        struct source_file file = read_file(path);
        *slot = sources->files.count;
        VEC_ADD(&sources->files, file);
    }
    return &sources->files.items[*slot];
}

/* Adds lines FIRST to LAST, each cut to a width; false when the file ends before LINE. */
static bool cut_out(const struct text *text, int first, int line, int last, struct text *out)
{
    int number = 1;
    const char *end = text->bytes + strlen(text->bytes);
    for (const char *at = text->bytes; at < end && number <= last; number++) {
        const char *stop = memchr(at, '\n', (size_t)(end - at));
        stop = stop ? stop : end;
        size_t length = (size_t)(stop - at);
        if (number > first)
            text_add(out, "\n");
        if (number >= first)
            text_add_n(out, at, length < MOST_COLUMNS ? length : MOST_COLUMNS);
        at = stop + 1;
    }
    return number > line;
}

static void add_place(struct sources *sources, const struct frame *frame, struct words *words,
                      struct text *out)
{
    int64_t place[2] = {words_text(words, frame->file), frame->line};
    bool is_new;
    map_add(&sources->seen, place, sizeof place, &is_new);
    struct source_file *file = is_new ? find_file(sources, frame->file) : NULL;
    if (!file || !file->is_there)
        return;
    int first = frame->line > AROUND ? frame->line - AROUND : 1;
    int last = frame->line < INT_MAX - AROUND ? frame->line + AROUND : INT_MAX;
    struct text lines = {0};
    if (cut_out(&file->text, first, frame->line, last, &lines)) {
        text_format(out, "%s[%" PRId64 ",%d,%d,", sources->comma, place[0], frame->line, first);
        json_add_string(out, lines.bytes, JSON_IN_SCRIPT);
        text_format(out, ",%d]", sources->time_ns < file->changed_ns);
        sources->comma = ",";
    }
    text_done(&lines);
}

void sources_write(const struct comparison *comparison, size_t count, struct words *words,
                   struct text *out)
{
    struct sources sources = {.time_ns = comparison->stores[comparison->count - 1]->facts.time_ns,
                              .comma = ""};
    text_add(out, "\"sources\":[");
    for (size_t i = 0; i < count; i++) {
        const struct site *site = comparison->ranked[i];
        struct frames_walk walk = frames_leaf(site->stack_frames, site->stack);
        const struct frame *frame;
        while ((frame = frames_caller(&walk)) != NULL) {
            bool is_shown = frame->class == CLASS_OWN || frame->class == CLASS_DEPENDENCY;
            if (is_shown && frame->file && frame->line > 0)
                add_place(&sources, frame, words, out);
        }
    }
    text_add(out, "]");
    for (size_t i = 0; i < sources.files.count; i++)
        text_done(&sources.files.items[i].text);
    VEC_DONE(&sources.files);
    map_done(&sources.index);
    map_done(&sources.seen);
}
