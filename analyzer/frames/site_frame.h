/* site_frame.h -- Which frame of a stack is the site.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#ifndef ANALYZER_FRAMES_SITE_FRAME_H
#define ANALYZER_FRAMES_SITE_FRAME_H

#include "frames/frames.h"

/* The program's nearest frame; without a name, the nearest of the same module that has one. If the
 * stack has none of the program: the nearest of a dependency; then the nearest of a runtime; then
 * the outermost of a library, the function that was called from outside; then the outermost
 * wrapper, but never malloc itself. A frame with a name comes before one without. For a stack
 * of a managed heap (MANAGED), the frame that shows this: the function that happens to run when the
 * heap must grow is innocent. Always has a function. */
struct frame site_frame_find(struct frames *frames, const struct store_stack *stack, bool managed);

/* Whether FRAME is the one that names the site. */
bool site_frame_is(const struct frame *frame, const struct frame *site);

/* Whether the frame is of a package that is worth a word on the way from the program to its blocks.
 */
bool site_frame_is_on_way(const struct frame *frame);

/* The function of a package that the program's frame SITE called, on the way to the blocks of
 * STACK: the outermost one. NULL: there is none, or SITE is not the program's. Lives as long as
 * FRAMES. */
const struct frame *site_frame_way(struct frames *frames, const struct store_stack *stack,
                                   const struct frame *site);

/* True when the stack of a mapping leads to a managed heap. */
bool site_frame_is_managed(struct frames *frames, const struct store_stack *stack);

#endif
