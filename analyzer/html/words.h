/* words.h -- Texts and frames of a page: each is written once and referred to by its number.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#ifndef ANALYZER_HTML_WORDS_H
#define ANALYZER_HTML_WORDS_H

#include "base/map.h"
#include "base/text.h"
#include "frames/frames.h"

/* All but the function are -1 or 0 where unknown. */
struct word_frame {
    int64_t function, file, line, column, module, class, flags, shown_file, package, owner;
};

enum { WORD_INLINED = 1, WORD_JIT = 2, WORD_NAMED = 4, WORD_ON_WAY = 8 };

/* Zero-initialise it; words_done gives it back. */
struct words {
    struct map texts, frames;
    struct map known; /* frames that were met, by their address here */
    VEC(char *) list;
    VEC(struct word_frame) frame_list;
};

void words_done(struct words *words);

/* The number of a text, made safe to show; -1 for NULL. */
int64_t words_text(struct words *words, const char *untrusted);

/* The number of a frame. IS_LASTING: the frame's address identifies it from now on. */
int64_t words_frame(struct words *words, const struct frame *frame, bool is_lasting);

/* "strings":[…],"frames":[…],"frame_owners":[…]: the frames one after the other, nine numbers each,
 * and whose each is. */
void words_write(const struct words *words, struct text *out);

#endif
