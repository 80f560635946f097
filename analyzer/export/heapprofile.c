/* heapprofile.c -- .heapprofile: live memory or growth as a sampling heap profile, which DevTools
 * shows as a flame chart, bottom up and top down.
 *
 * Lines and columns count from 0. DevTools merges functions by name, script, line and column, so
 * that every file has a script of its own.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include "export/profile.h"
#include "export/walk.h"

#include <inttypes.h>
#include <stdlib.h>

static void begin_node(const struct tree_frame *frame, uint64_t id, int64_t size, struct out *out)
{
    out_text(out, "{\"callFrame\":{\"functionName\":");
    out_json(out, frame->function);
    out_format(out, ",\"scriptId\":\"%" PRIu32 "\",\"url\":", frame->script);
    out_json(out, frame->place);
    out_format(out,
               ",\"lineNumber\":%d,\"columnNumber\":%d},\"selfSize\":%" PRId64 ",\"id\":%" PRIu64
               ",\"children\":[",
               frame->line - 1, frame->column - 1, size, id);
}

void heapprofile_write(const struct profile *profile, struct out *out)
{
    const struct tree *tree = &profile->set->tree;
    const struct tree_frame root = {.function = "(root)", .place = ""};
    int64_t *values = profile_values(profile);
    uint8_t *used = walk_used(tree, values);
    const char *separator = "\n";
    enum walk_step step;
    struct walk walk;
    walk_make(&walk, tree, used, true);
    out_text(out, "{\"head\":");
    begin_node(&root, 1, 0, out);
    while ((step = walk_next(&walk)) != WALK_DONE) {
        if (step == WALK_ENTER) {
            uint32_t node = walk.node;
            out_text(out, separator);
            begin_node(&tree->frames.items[tree->nodes.items[node].frame], (uint64_t)node + 2,
                       values[node], out);
        } else {
            out_text(out, "]}");
        }
        separator = step == WALK_ENTER ? "\n" : ",\n";
    }
    out_text(out, "]},\n\"samples\":[],\"startTime\":0,\"endTime\":0}\n");
    walk_done(&walk);
    free(used);
    free(values);
}
