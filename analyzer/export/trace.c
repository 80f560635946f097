/* trace.c -- Allocation stacks and the time of births in a .heaptimeline.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include "export/trace.h"

#include <inttypes.h>
#include <stdlib.h>

static void mark(struct trace *trace, uint32_t node)
{
    while (node != TREE_ROOT && !trace->is_used[node]) {
        trace->is_used[node] = 1;
        node = trace->set->tree.nodes.items[node].parent;
    }
}

static void count_stacks(struct trace *trace)
{
    const struct set_snapshot *snapshot = &trace->set->snapshots[trace->index];
    for (size_t i = 0; i < snapshot->store->stacks.count; i++) {
        const struct store_stack *stack = &snapshot->store->stacks.items[i];
        uint32_t leaf = snapshot->leaves[i];
        if (stack->allocations <= 0 && stack->live_bytes <= 0)
            continue;
        trace->allocations[leaf] = store_sum(trace->allocations[leaf], stack->allocations);
        trace->bytes[leaf] = store_sum(trace->bytes[leaf], stack->allocated_bytes);
        mark(trace, leaf);
    }
}

/* The list of children at COUNT is the root's: what hangs below the groups. */
static void link_children(struct trace *trace)
{
    const struct tree_node *nodes = trace->set->tree.nodes.items;
    size_t count = trace->set->tree.nodes.count;
    trace->first_child = memory_zeroed(count + 3, sizeof *trace->first_child);
    trace->children = memory_zeroed(count + 1, sizeof *trace->children);
    for (int pass = 0; pass < 2; pass++) {
        for (uint32_t i = GROUP_COUNT; i < count; i++) {
            size_t parent = nodes[i].parent < GROUP_COUNT ? count : nodes[i].parent;
            if (!trace->is_used[i])
                continue;
            if (pass == 0)
                trace->first_child[parent + 2]++;
            else
                trace->children[trace->first_child[parent + 1]++] = i;
        }
        for (size_t i = 2; i < count + 3 && pass == 0; i++)
            trace->first_child[i] += trace->first_child[i - 1];
    }
}

void trace_make(struct trace *trace, const struct set *set, const struct numbers_snapshot *numbers,
                size_t index)
{
    size_t count = set->tree.nodes.count;
    *trace = (struct trace){.set = set, .numbers = numbers, .index = index};
    trace->allocations = memory_zeroed(count, sizeof *trace->allocations);
    trace->bytes = memory_zeroed(count, sizeof *trace->bytes);
    trace->is_used = memory_zeroed(count, 1);
    count_stacks(trace);
    link_children(trace);
}

void trace_done(struct trace *trace)
{
    free(trace->allocations);
    free(trace->bytes);
    free(trace->is_used);
    free(trace->first_child);
    free(trace->children);
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

/* Depth first, without recursion: of the nodes on the way, the next child and the last. */
void trace_write_tree(const struct trace *trace, struct out *out)
{
    struct {
        uint32_t next, end;
    } way[TREE_DEEPEST + 2];
    size_t depth = 0, root = trace->set->tree.nodes.count;
    const char *separator = "";
    out_text(out, "1,0,0,0,[");
    way[0].next = trace->first_child[root];
    way[0].end = trace->first_child[root + 1];
    for (;;) {
        if (way[depth].next < way[depth].end) {
            uint32_t node = trace->children[way[depth].next++];
            write_node(trace, node, separator, out);
            separator = "";
            depth++;
            way[depth].next = trace->first_child[node];
            way[depth].end = trace->first_child[node + 1];
        } else {
            out_text(out, "]");
            separator = ",";
            if (depth-- == 0)
                return;
        }
    }
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
