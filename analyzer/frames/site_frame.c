/* site_frame.c -- Which frame of a stack is the site.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include "frames/site_frame.h"

#include "frames/package.h"

#include <string.h>

/* What is known of a stack. Of each kind, a frame with a name is better than one without. */
struct candidates {
    const struct frame *pool; /* a pool's name, no code */
    const struct frame *own, *dependency, *runtime, *library, *wrapper, *start;
};

/* Names that carry no information: every allocation leads to them. */
static bool is_bare_allocator(const struct frame *frame)
{
    static const char *const names[] = {"malloc", "calloc", "realloc", "operator new",
                                        "operator new[]"};
    for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
        if (strcmp(frame->function, names[i]) == 0)
            return true;
    }
    return frame->class == CLASS_ALLOCATOR;
}

/* The nearest of all, but a name is better than none. */
static void take_nearest(const struct frame **best, const struct frame *frame)
{
    if (!*best || (!(*best)->is_named && frame->is_named))
        *best = frame;
}

static void take_outermost(const struct frame **best, const struct frame *frame)
{
    if (!*best || frame->is_named || !(*best)->is_named)
        *best = frame;
}

static void consider(struct candidates *found, const struct frame *frame)
{
    if (frame->is_start)
        found->start = found->start ? found->start : frame;
    else if (frame->class == CLASS_DEPENDENCY)
        take_nearest(&found->dependency, frame);
    else if (frame->class == CLASS_RUNTIME)
        take_nearest(&found->runtime, frame);
    else if (frame->class == CLASS_LIBRARY)
        take_outermost(&found->library, frame);
    else if (!is_bare_allocator(frame))
        take_outermost(&found->wrapper, frame);
}

static const struct frame *site_frame_choose(const struct candidates *found)
{
    return found->own          ? found->own
           : found->dependency ? found->dependency
           : found->runtime    ? found->runtime
           : found->library    ? found->library
           : found->wrapper    ? found->wrapper
           : found->pool       ? found->pool
                               : found->start;
}

static bool is_of_module(const struct frame *a, const struct frame *b)
{
    return a->module && b->module && strcmp(a->module, b->module) == 0;
}

/* Whether the search ends: with the program's nearest frame. If that has no name, with the nearest
 * of its module that has one, if there is one. */
static bool take_own(struct candidates *found, const struct frame *frame)
{
    if (!found->own || (frame->is_named && is_of_module(found->own, frame)))
        found->own = frame;
    return frame->is_named;
}

struct frame site_frame_find(struct frames *frames, const struct store_stack *stack, bool managed)
{
    struct frames_walk walk = frames_leaf(frames, stack);
    struct candidates found = {0};
    const struct frame *frame = frames_known_site(frames, stack), *leaf = NULL;
    if (frame)
        return *frame;
    if (stack->kind == KIND_POOL)
        found.pool = frames_caller(&walk);
    while ((frame = frames_caller(&walk)) != NULL) {
        bool is_own = !managed && frame->class == CLASS_OWN && !frame->is_start;
        if (managed && frame->managed_heap > 0)
            return *frame;
        if (is_own && take_own(&found, frame))
            break;
        leaf = leaf ? leaf : frame;
        if (!is_own)
            consider(&found, frame);
    }
    frame = site_frame_choose(&found);
    if (frame)
        return *frame;
    /* Nothing but malloc is there: the unwinder did not get beyond it. */
    return (struct frame){.function = leaf ? "(caller not known)" : "(no stack)",
                          .module = leaf ? leaf->module : NULL,
                          .class = CLASS_LIBRARY,
                          .owner = OWNER_RUNTIME};
}

bool site_frame_is_on_way(const struct frame *frame)
{
    bool is_language = frame->module && package_is_language(frame->module);
    return frame->is_named && frame->package &&
           (frame->class == CLASS_DEPENDENCY || (frame->class == CLASS_LIBRARY && !is_language));
}

bool site_frame_is(const struct frame *frame, const struct frame *site)
{
    return frame->line == site->line && strcmp(frame->function, site->function) == 0;
}

const struct frame *site_frame_way(struct frames *frames, const struct store_stack *stack,
                                   const struct frame *site)
{
    struct frames_walk walk = frames_leaf(frames, stack);
    const struct frame *frame, *way = NULL;
    if (site->owner != OWNER_PROGRAM)
        return NULL;
    while ((frame = frames_caller(&walk)) != NULL) {
        if (site_frame_is(frame, site))
            return way;
        way = site_frame_is_on_way(frame) ? frame : way;
    }
    return NULL;
}

bool site_frame_is_managed(struct frames *frames, const struct store_stack *stack)
{
    struct frames_walk walk = frames_leaf(frames, stack);
    const struct frame *frame;
    bool managed = false;
    if (stack->kind != KIND_MMAP)
        return false;
    while ((frame = frames_caller(&walk)) != NULL) {
        if (frame->managed_heap == HEAP_PAGE || frame->managed_heap == HEAP_OTHER)
            return frame->managed_heap == HEAP_PAGE;
        managed |= frame->managed_heap == HEAP_MANAGED;
        if (frame->class == CLASS_OWN || frame->class == CLASS_DEPENDENCY)
            break; /* whatever runs below it, this code asked */
    }
    return managed;
}
