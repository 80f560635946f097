/* weave.c -- One stack of native and Python frames: each Python frame where its interpreter stands.
 *
 * A call from C runs _PyEval_EvalFrameDefault, whose C frame then serves Python functions that call
 * each other: a group of the chain. It goes behind that C frame, towards the leaf's callers. Which
 * one it is, is known by what CPython keeps in it: its _PyCFrame (3.10, 3.11), or the entry frame
 * that ends the group (from 3.12 on). Where stack pointers are not known, or nothing is kept there
 * (3.9), the return address tells.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include "python/weave.h"

#include "tables/modules.h"
#include "tables/places.h"

/* The part of the chain that one C frame runs: frames[start .. end), and where its mark lies. */
struct group {
    unsigned start, end;
    uintptr_t anchor; /* 0: not known */
    uintptr_t cframe; /* of the group; 0: none */
};

static void add(struct weave *weave, uintptr_t word)
{
    if (weave->count < weave->limit)
        weave->words[weave->count++] = word;
    else
        weave->cut = true;
}

/* ---- groups -----------------------------------------------------------------------------------
 */

static bool is_on_stack(const struct weave *weave, uintptr_t address)
{
    return address >= weave->unwind->low && address < weave->unwind->high && address % 8 == 0;
}

/* 3.11: where the group begins that the next C frame runs. */
static unsigned start_by_cframe(const struct weave *weave, struct group *group)
{
    const struct cpython_layout *layout = &cpython.layout;
    uintptr_t next = cpython_word(group->cframe + layout->cframe_previous), frame = 0;
    group->anchor = group->cframe;
    group->cframe = is_on_stack(weave, next) ? next : 0;
    if (group->cframe && !layout->state_frame)
        frame = cpython_word(next + layout->cframe_frame);
    unsigned start = group->end;
    while (start > 0 && weave->chain->frames[start - 1].frame != frame)
        start--;
    return start;
}

static unsigned start_by_entry(const struct weave *weave, struct group *group)
{
    const struct chain_frame *frames = weave->chain->frames;
    unsigned start = group->end;
    while (start > 0 && frames[start - 1].key)
        start--;
    group->anchor = start > 0 ? frames[start - 1].frame : 0;
    return start;
}

/* The group that begins further out than the last one ended. False: there is none. */
static bool next_group(const struct weave *weave, struct group *group)
{
    const struct cpython_layout *layout = &cpython.layout;
    if (layout->frame_owner && group->end > 0 && !weave->chain->frames[group->end - 1].key)
        group->end--; /* the entry frame of the last one */
    if (group->end == 0)
        return false;
    group->anchor = 0;
    if (layout->frame_owner)
        group->start = start_by_entry(weave, group);
    else if (group->cframe)
        group->start = start_by_cframe(weave, group);
    else
        group->start = 0;
    if (!layout->code_instructions)
        group->start = group->end - 1; /* before 3.11 every call was a C call */
    return true;
}

static void add_frame(struct weave *weave, const struct chain_frame *frame)
{
    struct pycode_room *room = &weave->chain->room;
    uintptr_t place = places_find(frame->key);
    if (!place && pycode_describe(frame->code, frame->instruction, room))
        place = places_add(frame->key, room->text, weave->room);
    if (place)
        add(weave, place);
}

static void add_group(struct weave *weave, struct group *group)
{
    for (unsigned i = group->end; i-- > group->start && weave->count < weave->limit;)
        if (weave->chain->frames[i].key)
            add_frame(weave, &weave->chain->frames[i]);
    weave->cut |= weave->count == weave->limit;
    group->end = group->start;
}

/* ---- both -------------------------------------------------------------------------------------
 */

/* Does the frame run the group, or lie outside of what does? */
static bool runs(const struct weave *weave, unsigned index, const struct group *group)
{
    const struct unwind *unwind = weave->unwind;
    const struct unwind_frame *frame = &unwind->frames[index];
    if (!group->anchor || !frame->sp)
        return frame->pc > cpython.eval_start && frame->pc <= cpython.eval_end;
    uintptr_t end = index > 0 ? unwind->base + frame[-1].sp : unwind->high;
    return group->anchor < end;
}

/* CPython's support of perf puts a piece of code of its own before every call of the interpreter:
 * it would name the function a second time. */
static bool is_trampoline(const struct weave *weave, unsigned index)
{
    return cpython.layout.frame_owner && !modules_find_known(weave->unwind->frames[index].pc - 1);
}

void weave(struct weave *weave)
{
    const struct unwind *unwind = weave->unwind;
    struct group group = {.end = weave->chain->kept, .cframe = weave->chain->cframe};
    bool more = next_group(weave, &group);
    unsigned last = unwind->kept - unwind->depth;
    for (unsigned i = unwind->kept; i-- > last;) {
        add(weave, unwind->frames[i].pc);
        bool by_anchor = more && group.anchor;
        if (!more || !runs(weave, i, &group))
            continue;
        do {
            add_group(weave, &group);
            more = next_group(weave, &group);
        } while (more && by_anchor && group.anchor && runs(weave, i, &group));
        if (i > last && is_trampoline(weave, i - 1))
            i--;
    }
    while (more) { /* their C frames are beyond the limit, or lost */
        add_group(weave, &group);
        more = next_group(weave, &group);
    }
}
