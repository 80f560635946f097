/* folded.c -- Folded stacks, one a line: outer;…;inner bytes. For flame graphs of any tool.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include "export/profile.h"

#include "base/text.h"

#include <stdlib.h>

/* ';' parts frames. Control characters are gone from names already. */
static void write_name(const char *name, struct out *out)
{
    for (; *name; name++)
        out_bytes(out, *name == ';' ? ":" : name, 1);
}

/* The frames from the outermost to NODE; the group is no frame. */
static void write_path(const struct tree *tree, uint32_t node, struct out *out)
{
    uint32_t path[TREE_DEEPEST + 1];
    size_t count = 0;
    while (node >= GROUP_COUNT && count < sizeof path / sizeof *path) {
        path[count++] = tree->nodes.items[node].frame;
        node = tree->nodes.items[node].parent;
    }
    while (count-- > 0) {
        write_name(tree->frames.items[path[count]].name, out);
        out_text(out, count ? ";" : " ");
    }
}

void folded_write(const struct profile *profile, struct out *out)
{
    const struct tree *tree = &profile->set->tree;
    int64_t *values = profile_values(profile, false);
    for (uint32_t i = GROUP_COUNT; i < tree->nodes.count; i++) {
        if (values[i] == 0)
            continue;
        write_path(tree, i, out);
        out_signed(out, values[i]);
        out_text(out, "\n");
    }
    free(values);
}
