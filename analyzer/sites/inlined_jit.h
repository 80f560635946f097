/* inlined_jit.h -- Sites of functions that a compiler has made part of their callers.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#ifndef ANALYZER_SITES_INLINED_JIT_H
#define ANALYZER_SITES_INLINED_JIT_H

#include "sites/wrappers.h"

/* With the first and the last snapshot in TABLE: stacks in which an inlined function is missing are
 * given back to it, through SITES, which the frames of both know then (frames_set_sites), and the
 * sites are made anew. Nothing happens when recording was sampled. */
void inlined_jit_learn(struct site_table *table, const struct wrappers_end *first,
                       const struct wrappers_end *last, struct frames_sites *sites);

#endif
