/* launch.h -- Starting a program under the shim: its environment, and where the shim is.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#ifndef ANALYZER_RUN_LAUNCH_H
#define ANALYZER_RUN_LAUNCH_H

#include "base/error.h"
#include "base/text.h"

#include <stdint.h>

struct launch {
    const char *out;       /* HEAPDIFF_OUT, or a folder; NULL: as the shim decides */
    double interval;       /* seconds; negative: as the shim decides */
    int64_t sample, depth; /* -1: as the shim decides */
    bool follow;
    bool jit;             /* let runtimes name their JIT code */
    bool perf_map;        /* the same, and V8 in a perf map */
    bool is_job;          /* snapshots are asked for; none at exit */
    char *const *program; /* gets the companion if it may be Node; NULL: never */
};

/* Adds the path of libheapdiff.so to PATH; see launch.c for where it is looked for. */
bool launch_find_shim(struct text *path, struct error *error);

/* Puts the shim and its options into our own environment, for what we exec. False with ERROR filled
 * when no snapshot could come of it: no shim, no folder to write to. */
bool launch_prepare(const struct launch *launch, struct error *error);

/* Becomes the program; returns only when that fails, with ERROR's code as a shell would say it. */
void launch_exec(char *const *program, struct error *error);

#endif
