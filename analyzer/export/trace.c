/* trace.c -- Allocation stacks and times of allocation in a .heaptimeline.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include "export/trace.h"

#include <inttypes.h>
#include <stdlib.h>

static void count_stacks(struct trace *trace)
{
    const struct set_snapshot *snapshot = &trace->set->snapshots[trace->index];
    for (size_t i = 0; i < snapshot->store->stacks.count; i++) {
        const struct store_stack *stack = &snapshot->store->stacks.items[i];
        uint32_t leaf = snapshot->leaves[i];
        if (stack->allocations <= 0 && stack->live_bytes <= 0)
            continue;
        int64_t count = stack->allocations > 0 ? stack->allocations : 1; /* it is live */
        trace->allocations[leaf] = store_sum(trace->allocations[leaf], count);
        trace->bytes[leaf] = store_sum(trace->bytes[leaf], stack->allocated_bytes);
    }
}

void trace_make(struct trace *trace, const struct set *set, const struct numbers_snapshot *numbers,
                size_t index)
{
    size_t count = set->tree.nodes.count;
    *trace = (struct trace){.set = set, .numbers = numbers, .index = index};
    trace->allocations = memory_zeroed(count, sizeof *trace->allocations);
    trace->bytes = memory_zeroed(count, sizeof *trace->bytes);
    count_stacks(trace);
    uint8_t *used = walk_used(&set->tree, trace->allocations);
    walk_make(&trace->walk, &set->tree, used, false);
    free(used);
}

void trace_done(struct trace *trace)
{
    free(trace->allocations);
    free(trace->bytes);
    walk_done(&trace->walk);
    *trace = (struct trace){0};
}

size_t trace_function_count(const struct trace *trace)
{
    return trace->set->tree.frames.count + 1;
}

/* Lines and columns from 1; without a script's number there would be no place to show. */
void trace_write_functions(const struct trace *trace, struct strings *strings, struct out *out)
{
    const struct tree *tree = &trace->set->tree;
    out_format(out, "\n0,%" PRIu32 ",%" PRIu32 ",0,0,0", strings_add(strings, "(root)"),
               strings_add(strings, ""));
    for (size_t i = 0; i < tree->frames.count; i++) {
        const struct tree_frame *frame = &tree->frames.items[i];
        out_format(out, ",\n%zu,%" PRIu32 ",%" PRIu32 ",%" PRIu32 ",%d,%d", i + 1,
                   strings_add(strings, frame->function), strings_add(strings, frame->place),
                   frame->script, frame->line, frame->column);
    }
}

static void write_node(const struct trace *trace, uint32_t node, const char *separator,
                       struct out *out)
{
    int64_t count = trace->allocations[node], bytes = trace->bytes[node];
    out_format(out, "%s\n%" PRIu32 ",%" PRIu32 ",%" PRId64 ",%" PRId64 ",[", separator,
               trace_id(node), trace->set->tree.nodes.items[node].frame + 1, count > 0 ? count : 0,
               bytes > 0 ? bytes : 0);
}

void trace_write_tree(struct trace *trace, struct out *out)
{
    const char *separator = "";
    enum walk_step step;
    out_text(out, "1,0,0,0,[");
    while ((step = walk_next(&trace->walk)) != WALK_DONE) {
        if (step == WALK_ENTER)
            write_node(trace, trace->walk.node, separator, out);
        else
            out_text(out, "]");
        separator = step == WALK_ENTER ? "" : ",";
    }
    out_text(out, "]");
}

/* When an epoch ended: with the next one's beginning, the last one with the snapshot. */
static int64_t end_of(const struct store *store, size_t index)
{
    if (index + 1 < store->epochs.count)
        return store->epochs.items[index + 1].uptime_ns;
    return store->facts.uptime_ns;
}

/* Pairs of a time in microseconds and the last id given until then. The first is the baseline,
 * which DevTools does not draw. */
void trace_write_samples(const struct trace *trace, struct out *out)
{
    const struct store *store = trace->set->snapshots[trace->index].store;
    const uint64_t *ends = trace->numbers->ends;
    int64_t time = 0;
    out_format(out, "0,%" PRIu32, numbers_object_id(trace->numbers->first) - 2);
    for (size_t i = 0; i < store->epochs.count; i++) {
        bool is_last = i + 1 == store->epochs.count;
        size_t epoch = numbers_epoch(store->epochs.items[i].number);
        uint32_t id = numbers_object_id((uint32_t)ends[is_last ? NUMBERS_EPOCHS - 1 : epoch]);
        int64_t end = end_of(store, i) / 1000;
        time = end > time ? end : time + 1;
        out_format(out, ",\n%" PRId64 ",%" PRIu32, time, id - 2);
    }
    if (store->epochs.count == 0)
        out_format(out, ",\n%" PRId64 ",%" PRIu32, store->facts.uptime_ns / 1000 + 1,
                   numbers_object_id((uint32_t)ends[NUMBERS_EPOCHS - 1]) - 2);
}
