/* text_stack.c -- A site's stack in text: the callers that matter, or every frame.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include "print/text_stack.h"

#include "base/utf8.h"
#include "frames/frame_name.h"
#include "frames/site_frame.h"

#include <string.h>

#define INDENT    "      "
#define MOST_ROWS 2

static bool is_same(const struct frame *a, const struct frame *b)
{
    return a && b && a->line == b->line && strcmp(a->function, b->function) == 0;
}

/* The caller's module is shown only when it differs from the site's. */
static void add_caller_name(const struct site *site, const struct frame *frame, struct text *out)
{
    struct frame caller = *frame;
    if (caller.module && site->frame.module && strcmp(caller.module, site->frame.module) == 0)
        caller.module = NULL;
    frame_name(&caller, NULL, out);
}

/* Adds one caller; begins a new row when it does not fit. False when there is no room left. */
static bool add_caller(const char *caller, size_t *column, int *rows, int width, struct text *out)
{
    const char *arrow = *column ? " < " : "";
    size_t start = strlen(INDENT "called from "), needed = utf8_columns(caller) + 3;
    if (*column && *column + needed > (size_t)width) {
        if (++*rows > MOST_ROWS)
            return false;
        text_format(out, "\n%*s< ", (int)start, "");
        *column = start + 2;
        arrow = "";
    }
    if (*rows == 0) {
        *rows = 1;
        text_add(out, INDENT "called from ");
        *column = start;
    }
    text_add(out, arrow);
    text_add(out, caller);
    *column += needed;
    return true;
}

static void add_way(const struct site *site, const struct term *term, struct text *out)
{
    const struct frame *way = site_frame_way(site->stack_frames, site->stack, &site->frame);
    if (!way)
        return;
    text_format(out, INDENT "%sthrough ", term_dim(term));
    frame_name_way(way, out);
    text_format(out, "%s\n", term_plain(term));
}

static bool is_shown_above(const struct site *site, const struct frame *frame)
{
    return frame->class == CLASS_OWN ||
           (frame->class == CLASS_DEPENDENCY && site->frame.class == CLASS_DEPENDENCY);
}

void text_stack_callers(const struct site *site, const struct term *term, struct text *out)
{
    struct frames_walk walk = frames_leaf(site->stack_frames, site->stack);
    const struct frame *frame, *before;
    size_t column = 0;
    int rows = 0;
    bool has_room = true;
    add_way(site, term, out);
    while ((frame = frames_caller(&walk)) != NULL && !is_same(frame, &site->frame))
        ;
    text_add(out, term_dim(term));
    before = frame;
    while (has_room && before && (frame = frames_caller(&walk)) != NULL) {
        if (!is_shown_above(site, frame) || is_same(frame, before)) /* recursion is said once */
            continue;
        struct text caller = {0};
        add_caller_name(site, frame, &caller);
        has_room = add_caller(caller.bytes, &column, &rows, term->width, out);
        text_done(&caller);
        before = frame;
    }
    text_add(out, has_room ? "" : " < \xe2\x80\xa6");
    text_add(out, term_plain(term));
    if (rows > 0)
        text_add(out, "\n");
}

void text_stack_all(const struct site *site, const char *directory, const struct term *term,
                    struct text *out)
{
    struct frames_walk walk = frames_leaf(site->stack_frames, site->stack);
    const struct frame *frame;
    while ((frame = frames_caller(&walk)) != NULL) {
        bool is_site = is_same(frame, &site->frame), is_dim = frame->class != CLASS_OWN;
        text_format(out, INDENT "%s%s", is_site ? "> " : "  ", is_dim ? term_dim(term) : "");
        frame_name(frame, directory, out);
        text_add(out, frame->is_inlined ? " [inlined]" : "");
        text_add(out, frame->is_tail_call ? " (tail call)" : "");
        text_format(out, "%s\n", is_dim ? term_plain(term) : "");
    }
}
