/* tail_calls.h -- Functions that are missing in a stack because they ended in a jump to the next
 * one.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#ifndef ANALYZER_FRAMES_TAIL_CALLS_H
#define ANALYZER_FRAMES_TAIL_CALLS_H

#include "frames/frames.h"

/* The function that was called at location OUTER and is not the one that runs at location INNER,
 * next to it in a stack: it has called that one by a jump, as its last act. INNER is STORE_NONE for
 * the leaf. NULL: none is missing for certain. Lives as long as FRAMES. */
const struct frame *tail_calls_find(struct frames *frames, uint32_t inner, uint32_t outer);

#endif
