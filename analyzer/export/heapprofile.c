/* heapprofile.c -- .heapprofile: live memory or growth as a sampling heap profile for DevTools.
 *
 * Where the objects of V8's heap are known, its mappings are left out: the objects are inside.
 *
 * DevTools shows it as a flame chart, bottom up and top down. Lines and columns count from 0.
 * DevTools merges functions by name, script, line and column, so that every file has a script of
 * its own. It can take no more than 120,000 children of one node.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include "export/profile.h"
#include "export/walk.h"

#include <inttypes.h>
#include <stdlib.h>

#define MOST_CHILDREN 50000 /* of one node; those that are left go into one last child */

struct writer {
    struct out *out;
    uint64_t next_id; /* of a node that is not in the tree */
    size_t depth;     /* of the node whose children are being written; 0: the root */
    struct {
        uint32_t children; /* written in the innermost part */
        uint32_t parts;    /* opened one in the other, for children that did not fit */
    } way[TREE_DEEPEST + 3];
};

static void begin_node(struct writer *writer, const struct tree_frame *frame, uint64_t id,
                       int64_t size)
{
    struct out *out = writer->out;
    out_text(out, "{\"callFrame\":{\"functionName\":");
    out_json(out, frame->function);
    out_format(out, ",\"scriptId\":\"%" PRIu32 "\",\"url\":", frame->script);
    out_json(out, frame->place);
    out_format(out,
               ",\"lineNumber\":%d,\"columnNumber\":%d},\"selfSize\":%" PRId64 ",\"id\":%" PRIu64
               ",\"children\":[",
               frame->line - 1, frame->column - 1, size, id);
}

/* Opens a node below the one whose children are being written. */
static void add_child(struct writer *writer, const struct tree_frame *frame, uint64_t id,
                      int64_t size)
{
    static const struct tree_frame more = {.function = "(more callees)", .place = ""};
    if (writer->way[writer->depth].children == MOST_CHILDREN - 1) {
        out_text(writer->out, ",\n");
        begin_node(writer, &more, writer->next_id++, 0);
        writer->way[writer->depth].children = 0;
        writer->way[writer->depth].parts++;
    }
    out_text(writer->out, writer->way[writer->depth].children++ ? ",\n" : "\n");
    begin_node(writer, frame, id, size);
    writer->depth++;
    writer->way[writer->depth].children = 0;
    writer->way[writer->depth].parts = 0;
}

static void end_children(struct writer *writer)
{
    for (uint32_t i = 0; i < writer->way[writer->depth].parts; i++)
        out_text(writer->out, "]}");
    out_text(writer->out, "]}");
}

static void leave_child(struct writer *writer)
{
    end_children(writer);
    writer->depth--;
}

void heapprofile_write(const struct profile *profile, struct out *out)
{
    const struct tree *tree = &profile->set->tree;
    const struct tree_frame root = {.function = "(root)", .place = ""};
    int64_t *values = profile_values(profile, true);
    uint8_t *used = walk_used(tree, values);
    struct writer writer = {.out = out, .next_id = (uint64_t)tree->nodes.count + 2};
    enum walk_step step;
    struct walk walk;
    walk_make(&walk, tree, used, true);
    out_text(out, "{\"head\":");
    begin_node(&writer, &root, 1, 0);
    while ((step = walk_next(&walk)) != WALK_DONE) {
        uint32_t node = walk.node;
        if (step == WALK_ENTER)
            add_child(&writer, &tree->frames.items[tree->nodes.items[node].frame],
                      (uint64_t)node + 2, values[node]);
        else
            leave_child(&writer);
    }
    end_children(&writer);
    out_text(out, ",\n\"samples\":[],\"startTime\":0,\"endTime\":0}\n");
    walk_done(&walk);
    free(used);
    free(values);
}
