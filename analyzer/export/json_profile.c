/* json_profile.c -- Every live stack as plain JSON, for programs of your own.
 *
 * {"schema":1, "snapshots":[…], "growth":bool,
 *  "frames":[{"function","name","place","line","column"}…],
 *  "stacks":[{"kind","blocks","bytes","allocations","allocated_bytes","frames":[leaf first…]}…]}
 *
 * Of growth there are two snapshots, and the numbers are the last one's less the first one's.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include "export/profile.h"

#include <inttypes.h>

#define JSON_SCHEMA 1

static void write_text(struct out *out, const char *name, const char *value)
{
    out_format(out, "\"%s\":", name);
    out_json(out, value);
    out_text(out, ",");
}

static void write_number(struct out *out, const char *name, int64_t value)
{
    out_format(out, "\"%s\":%" PRId64 ",", name, value);
}

static void write_snapshot(const struct store *store, struct out *out)
{
    const struct store_facts *facts = &store->facts;
    out_text(out, "{");
    write_text(out, "path", store->path);
    write_text(out, "label", facts->label);
    write_text(out, "program", facts->program);
    write_number(out, "pid", facts->pid);
    write_number(out, "time_ns", facts->time_ns);
    write_number(out, "live_bytes", facts->live_bytes);
    write_number(out, "live_blocks", facts->live_blocks);
    write_number(out, "sample_bytes", facts->sample_bytes);
    out_format(out, "\"rss_bytes\":%" PRId64 "}", facts->rss_bytes);
}

static void write_frames(const struct tree *tree, struct out *out)
{
    for (size_t i = 0; i < tree->frames.count; i++) {
        const struct tree_frame *frame = &tree->frames.items[i];
        out_text(out, i ? ",\n{" : "\n{");
        write_text(out, "function", frame->function);
        write_text(out, "name", frame->name);
        write_text(out, "place", frame->place);
        out_format(out, "\"line\":%d,\"column\":%d}", frame->line, frame->column);
    }
}

static void write_row(const struct profile *profile, const struct profile_row *row, struct out *out)
{
    static const char *const kinds[] = FORMAT_KIND_NAMES;
    const struct set_snapshot *snapshot = &profile->set->snapshots[row->snapshot];
    const struct tree *tree = &profile->set->tree;
    uint32_t node = snapshot->leaves[row->stack];
    const struct store_stack *stack = &snapshot->store->stacks.items[row->stack];
    const char *separator = "";
    struct text name = {0};
    out_text(out, "{");
    write_text(out, "kind", kinds[stack->kind]);
    if (set_add_label(snapshot->store, stack, &name))
        write_text(out, "label", name.bytes);
    text_done(&name);
    if (set_add_thread(snapshot->store, stack, &name))
        write_text(out, "thread", name.bytes);
    text_done(&name);
    write_number(out, "blocks", row->blocks);
    write_number(out, "bytes", row->bytes);
    write_number(out, "allocations", row->allocations);
    write_number(out, "allocated_bytes", row->allocated_bytes);
    out_text(out, "\"frames\":[");
    for (; node >= GROUP_COUNT; node = tree->nodes.items[node].parent) {
        out_text(out, separator);
        out_number(out, tree->nodes.items[node].frame);
        separator = ",";
    }
    out_text(out, "]}");
}

void json_profile_write(const struct profile *profile, struct out *out)
{
    const struct set *set = profile->set;
    out_format(out, "{\"schema\":%d,\n\"snapshots\":[", JSON_SCHEMA);
    if (profile->growth) {
        write_snapshot(set->snapshots[0].store, out);
        out_text(out, ",\n");
    }
    write_snapshot(set->snapshots[profile->index].store, out);
    out_format(out, "],\n\"growth\":%s,\n\"frames\":[", profile->growth ? "true" : "false");
    write_frames(&set->tree, out);
    out_text(out, "],\n\"stacks\":[");
    for (size_t i = 0; i < profile->rows.count; i++) {
        out_text(out, i ? ",\n" : "\n");
        write_row(profile, &profile->rows.items[i], out);
    }
    out_text(out, "]}\n");
}
