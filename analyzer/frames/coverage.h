/* coverage.h -- How many addresses of a snapshot have names and lines, module by module.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#ifndef ANALYZER_FRAMES_COVERAGE_H
#define ANALYZER_FRAMES_COVERAGE_H

#include "frames/frames.h"

struct coverage_count {
    size_t addresses, named, with_lines;
};

struct coverage_module {
    uint32_t module; /* index in the store */
    struct coverage_count count;
    struct symbol_module symbols; /* what this machine has of it */
};

struct coverage {
    VEC(struct coverage_module) modules; /* that occur in stacks, most addresses first */
    struct coverage_count total, native, jit;
    size_t unknown; /* neither in a module nor named by a runtime */
};

/* Looks all addresses up. Texts live as long as FRAMES and SYMBOLS. */
void coverage_init(struct coverage *coverage, const struct store *store, struct frames *frames,
                   struct symbols *symbols);
void coverage_done(struct coverage *coverage);

#endif
