/* interleave.c -- One stack of native and Python frames.
 *
 * Each Python frame goes behind its interpreter's frame.
 *
 * A call from C runs _PyEval_EvalFrameDefault. Its C frame then serves Python functions that call
 * each other: a group of the chain. The group goes behind that C frame, towards the leaf's callers.
 * The C frame is found by data that CPython keeps in it: its _PyCFrame (3.10, 3.11), or the entry
 * frame that ends the group (from 3.12 on). Where stack pointers are unknown, or CPython keeps no
 * such data (3.9), the return address decides.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include "python/interleave.h"

#include "tables/modules.h"
#include "tables/places.h"

/* The part of the chain that one C frame runs: frames[start .. end), and where its mark lies. */
struct group {
    unsigned start, end;
    uintptr_t anchor; /* 0: not known */
    uintptr_t cframe; /* of the group; 0: none */
};

static void interleave_add(struct interleave *stack, uintptr_t word)
{
    if (stack->count < stack->limit)
        stack->words[stack->count++] = word;
    else
        stack->cut = true;
}

/* ---- groups -----------------------------------------------------------------------------------
 */

static bool is_on_stack(const struct interleave *stack, uintptr_t address)
{
    return address >= stack->unwind->low && address < stack->unwind->high && address % 8 == 0;
}

/* 3.11: where the group begins that the next C frame runs. */
static unsigned start_by_cframe(const struct interleave *stack, struct group *group)
{
    const struct layout *layout = &cpython.layout;
    uintptr_t next = cpython_word(group->cframe + layout->cframe_previous), frame = 0;
    group->anchor = group->cframe;
    group->cframe = is_on_stack(stack, next) ? next : 0;
    if (group->cframe && !layout->state_frame)
        frame = cpython_word(next + layout->cframe_frame);
    unsigned start = group->end;
    while (start > 0 && stack->chain->frames[start - 1].frame != frame)
        start--;
    return start;
}

static unsigned start_by_entry(const struct interleave *stack, struct group *group)
{
    const struct chain_frame *frames = stack->chain->frames;
    unsigned start = group->end;
    while (start > 0 && frames[start - 1].key)
        start--;
    group->anchor = start > 0 ? frames[start - 1].frame : 0;
    return start;
}

/* The group that begins further out than the last one ended. False: there is none. */
static bool next_group(const struct interleave *stack, struct group *group)
{
    const struct layout *layout = &cpython.layout;
    if (layout->frame_owner && group->end > 0 && !stack->chain->frames[group->end - 1].key)
        group->end--; /* the entry frame of the last one */
    if (group->end == 0)
        return false;
    group->anchor = 0;
    if (layout->frame_owner)
        group->start = start_by_entry(stack, group);
    else if (group->cframe)
        group->start = start_by_cframe(stack, group);
    else
        group->start = 0;
    if (!layout->code_instructions)
        group->start = group->end - 1; /* before 3.11 every call was a C call */
    return true;
}

static void add_frame(struct interleave *stack, const struct chain_frame *frame)
{
    struct pycode_room *room = &stack->chain->room;
    uintptr_t place = places_find(frame->key);
    if (!place && pycode_describe(frame->code, frame->instruction, room))
        place = places_add(frame->key, room->text, stack->room);
    if (place)
        interleave_add(stack, place);
}

static void add_group(struct interleave *stack, struct group *group)
{
    for (unsigned i = group->end; i-- > group->start && stack->count < stack->limit;)
        if (stack->chain->frames[i].key)
            add_frame(stack, &stack->chain->frames[i]);
    stack->cut |= stack->count == stack->limit;
    group->end = group->start;
}

/* ---- both -------------------------------------------------------------------------------------
 */

/* Does the frame run the group, or lie outside of the frame that does? */
static bool interleave_runs(const struct interleave *stack, unsigned index,
                            const struct group *group)
{
    const struct unwind *unwind = stack->unwind;
    const struct unwind_frame *frame = &unwind->frames[index];
    if (!group->anchor || !frame->sp)
        return frame->pc > cpython.eval_start && frame->pc <= cpython.eval_end;
    uintptr_t end = index > 0 ? unwind->base + frame[-1].sp : unwind->high;
    return group->anchor < end;
}

/* CPython's support of perf puts a piece of code of its own before every call of the interpreter:
 * it would name the function a second time. */
static bool is_trampoline(const struct interleave *stack, unsigned index)
{
    return cpython.layout.frame_owner && !modules_find_known(stack->unwind->frames[index].pc - 1);
}

void interleave(struct interleave *stack)
{
    const struct unwind *unwind = stack->unwind;
    struct group group = {.end = stack->chain->kept, .cframe = stack->chain->cframe};
    bool more = next_group(stack, &group);
    unsigned last = unwind->kept - unwind->depth;
    for (unsigned i = unwind->kept; i-- > last;) {
        interleave_add(stack, unwind->frames[i].pc);
        bool by_anchor = more && group.anchor;
        if (!more || !interleave_runs(stack, i, &group))
            continue;
        do {
            add_group(stack, &group);
            more = next_group(stack, &group);
        } while (more && by_anchor && group.anchor && interleave_runs(stack, i, &group));
        if (i > last && is_trampoline(stack, i - 1))
            i--;
    }
    while (more) { /* their C frames are beyond the limit, or lost */
        add_group(stack, &group);
        more = next_group(stack, &group);
    }
}
