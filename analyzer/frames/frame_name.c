/* frame_name.c -- A frame in a few words: "function (file:line)".
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include "frames/frame_name.h"

#include "frames/package.h"

#include <string.h>

/* map<string, vector<int>> becomes map<…>. What begins with a bracket (Rust's <T as U>::f),
 * operators (operator<, operator->) and Python's f.<locals>.<lambda> are kept. */
static void fold_templates(const char *name, struct text *out)
{
    int depth = 0;
    text_add(out, "");
    for (const char *c = name; *c; c++) {
        bool is_operator = depth == 0 && c - name >= 8 && memcmp(c - 8, "operator", 8) == 0;
        bool is_part = depth == 0 && c != name && c[-1] == '.';
        if (*c == '<' && c != name && !is_operator && !is_part && depth++ == 0)
            text_add(out, "<\xe2\x80\xa6>");
        else if (*c == '>' && depth > 0)
            depth--;
        else if (depth == 0)
            text_add_n(out, c, 1);
    }
}

static const char *seen_from(const char *directory, const struct frame *frame)
{
    const char *path = frame->file, *package;
    size_t length = directory ? strlen(directory) : 0;
    if (frame->owner == OWNER_DEPENDENCY && (package = package_find(path, &length)) != NULL)
        return package;
    if (!directory)
        return base_names_shortest(frame->base_names, path);
    if (length > 1 && text_starts(path, directory) && path[length] == '/')
        return path + length + 1;
    return path;
}

const char *frame_name_file(const struct frame *frame)
{
    return frame->file ? seen_from(NULL, frame) : NULL;
}

/* The library, with the package that it came in. */
static void add_module(const struct frame *frame, struct text *out)
{
    const char *base = text_base_name(frame->module);
    if (frame->package && strcmp(frame->package, base) != 0) {
        text_add_clean(out, frame->package, true);
        text_add(out, "/");
    }
    text_add_clean(out, base, true);
}

static void add_function(const struct frame *frame, struct text *out)
{
    struct text function = {0};
    fold_templates(frame->function, &function);
    text_add_clean(out, function.bytes, true);
    text_done(&function);
}

void frame_name(const struct frame *frame, const char *directory, struct text *out)
{
    add_function(frame, out);
    if (frame->file) {
        text_add(out, " (");
        text_add_clean(out, seen_from(directory, frame), true);
        if (frame->line)
            text_format(out, ":%d", frame->line);
        text_add(out, ")");
    } else if (frame->is_named && frame->module) {
        text_add(out, " (");
        add_module(frame, out);
        text_add(out, ")");
    }
}

void frame_name_way(const struct frame *way, struct text *out)
{
    add_function(way, out);
    text_add(out, " (");
    text_add_clean(out, way->package, true);
    text_add(out, ")");
}
