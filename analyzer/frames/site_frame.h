/* site_frame.h -- Which frame of a stack is the site.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#ifndef ANALYZER_FRAMES_SITE_FRAME_H
#define ANALYZER_FRAMES_SITE_FRAME_H

#include "frames/frames.h"

/* The user's own frame. Without one: the first of a runtime; then the outermost of a library, which
 * is what was called from outside; then the outermost of what allocates for others, but never
 * malloc itself. For a stack of a managed heap (MANAGED), the frame that shows this: the function
 * that happens to run when the heap must grow is innocent. Always has a function. */
struct frame site_frame_find(struct frames *frames, const struct store_stack *stack, bool managed);

/* True when the stack of a mapping leads to a managed heap. */
bool site_frame_is_managed(struct frames *frames, const struct store_stack *stack);

#endif
