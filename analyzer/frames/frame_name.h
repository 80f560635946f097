/* frame_name.h -- A frame in a few words: "function (file:line)".
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#ifndef ANALYZER_FRAMES_FRAME_NAME_H
#define ANALYZER_FRAMES_FRAME_NAME_H

#include "base/text.h"
#include "frames/frames.h"

/* Adds the name, safe for a terminal. Template arguments are left out. The file is shown as seen
 * from DIRECTORY; without its folders when DIRECTORY is NULL. */
void frame_name(const struct frame *frame, const char *directory, struct text *out);

#endif
