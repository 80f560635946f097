/* tail_calls.c -- Functions that are missing in a stack because they ended in a jump to the next
 * one.
 *
 * A compiler makes a jump of a call that is the last act of a function, `return slab(n);`, and the
 * function leaves no frame. But the call instruction before the return address of its caller names
 * it, if it is a direct one (symbols/calls.h).
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include "frames/tail_calls.h"

#include "frames/frames_parts.h"

#include <stdio.h>
#include <string.h>

static const struct called *find_called(struct frames *frames, uint32_t index)
{
    const struct store_location *location = &frames->store->locations.items[index];
    struct called *called = &frames->called[index];
    unsigned long long start, end;
    if (called->is_known)
        return called;
    called->is_known = true;
    if (location->jit_name || location->module == STORE_NONE || location->offset >= SYMBOLS_CALLED)
        return called;
    struct symbol_place place = frames_module_place(frames, location->module);
    place.offset = location->offset | SYMBOLS_CALLED;
    struct symbol_list list = symbols_find(frames->symbols, &place);
    if (list.count != 2 || !list.items[0].function || !list.items[1].function ||
        sscanf(list.items[1].function, "%llu %llu", &start, &end) != 2)
        return called;
    called->start = start;
    called->end = end;
    called->frame = pool_zeroed(frames->pool, sizeof *called->frame);
    *called->frame = frames_make(frames, location, &list.items[0]);
    called->frame->is_tail_call = true;
    return called;
}

/* Whether the frames at INNER, in a stack next to the call that leads to CALLED, are of another
 * function. Code made at run time, and code without a name, may belong to any. */
static bool is_other_function(struct frames *frames, uint32_t inner, uint32_t outer,
                              const struct called *called)
{
    if (inner == STORE_NONE)
        return true; /* the hook: what was called asked it to allocate */
    const struct store_location *in = &frames->store->locations.items[inner];
    struct frame_list list = frames_at(frames, inner);
    const struct frame *physical = &list.items[list.count - 1];
    bool same_module = in->module == frames->store->locations.items[outer].module;
    if (in->jit_name || !physical->is_named ||
        (same_module && in->offset > called->start && in->offset <= called->end))
        return false;
    return strcmp(physical->function, called->frame->function) != 0;
}

const struct frame *tail_calls_find(struct frames *frames, uint32_t inner, uint32_t outer)
{
    const struct called *called = find_called(frames, outer);
    return called->frame && is_other_function(frames, inner, outer, called) ? called->frame : NULL;
}
