/* site_frame.c -- Which frame of a stack is the site.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include "frames/site_frame.h"

#include <string.h>

/* What is known of a stack none of whose frames is the user's own. */
struct candidates {
    const struct frame *pool; /* a pool's name, no code */
    const struct frame *runtime, *library, *wrapper, *start;
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

static void consider(struct candidates *found, const struct frame *frame)
{
    if (frame->is_start)
        found->start = found->start ? found->start : frame;
    else if (frame->class == CLASS_RUNTIME)
        found->runtime = found->runtime ? found->runtime : frame;
    else if (frame->class == CLASS_LIBRARY)
        found->library = frame;
    else if (!is_bare_allocator(frame))
        found->wrapper = frame;
}

static const struct frame *site_frame_choose(const struct candidates *found)
{
    return found->runtime   ? found->runtime
           : found->library ? found->library
           : found->wrapper ? found->wrapper
           : found->pool    ? found->pool
                            : found->start;
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
        bool is_own = frame->class == CLASS_OWN && !frame->is_start;
        if (managed ? frame->managed_heap > 0 : is_own)
            return *frame;
        leaf = leaf ? leaf : frame;
        consider(&found, frame);
    }
    frame = site_frame_choose(&found);
    if (frame)
        return *frame;
    /* Nothing but malloc is there: the unwinder did not get beyond it. */
    return (struct frame){.function = leaf ? "(caller not known)" : "(no stack)",
                          .module = leaf ? leaf->module : NULL,
                          .class = CLASS_LIBRARY};
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
        if (frame->class == CLASS_OWN)
            break; /* whatever runs below it, this code asked */
    }
    return managed;
}
