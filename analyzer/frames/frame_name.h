/* frame_name.h -- A frame in a few words: "function (file:line)".
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#ifndef ANALYZER_FRAMES_FRAME_NAME_H
#define ANALYZER_FRAMES_FRAME_NAME_H

#include "base/text.h"
#include "frames/frames.h"

/* Adds the name, safe for a terminal. Template arguments are left out. The file is shown as seen
 * from DIRECTORY; if that is NULL, with no more folders than tell it from other files. Files of
 * packages begin with the name of the package. */
void frame_name(const struct frame *frame, const char *directory, struct text *out);

/* The file as frame_name shows it without a directory; borrowed from the frame. NULL: unknown. */
const char *frame_name_file(const struct frame *frame);

/* Adds "function (package)", of a frame with a package. */
void frame_name_way(const struct frame *way, struct text *out);

#endif
