/* trace.h -- Allocation stacks and times of allocation in a .heaptimeline.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#ifndef ANALYZER_EXPORT_TRACE_H
#define ANALYZER_EXPORT_TRACE_H

#include "base/out.h"
#include "export/numbers.h"
#include "export/strings.h"
#include "export/walk.h"

struct trace {
    const struct set *set;
    const struct numbers_snapshot *numbers;
    size_t index;                 /* of the snapshot */
    int64_t *allocations, *bytes; /* ever, by node of the tree whose leaf it is */
    struct walk walk;
};

/* Zero-initialised it can be given to trace_done. */
void trace_make(struct trace *trace, const struct set *set, const struct numbers_snapshot *numbers,
                size_t index);
void trace_done(struct trace *trace);

/* The id of a node of the tree; 1 is the root. */
static inline uint32_t trace_id(uint32_t node)
{
    return node + 2;
}

/* The three sections; functions add their texts to STRINGS. */
size_t trace_function_count(const struct trace *trace);
void trace_write_functions(const struct trace *trace, struct strings *strings, struct out *out);
void trace_write_tree(struct trace *trace, struct out *out);
void trace_write_samples(const struct trace *trace, struct out *out);

#endif
