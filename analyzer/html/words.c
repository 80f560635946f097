/* words.c -- Texts and frames of a page: each is written once and referred to by its number.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include "html/words.h"

#include "base/json.h"
#include "frames/frame_name.h"
#include "frames/site_frame.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

void words_done(struct words *words)
{
    for (size_t i = 0; i < words->list.count; i++)
        free(words->list.items[i]);
    VEC_DONE(&words->list);
    VEC_DONE(&words->frame_list);
    map_done(&words->texts);
    map_done(&words->frames);
    map_done(&words->known);
}

int64_t words_text(struct words *words, const char *untrusted)
{
    struct text clean = {0};
    bool is_new;
    if (!untrusted)
        return -1;
    text_add_clean(&clean, untrusted, true);
    size_t *number = map_add(&words->texts, clean.bytes, clean.length, &is_new);
    if (!is_new) {
        text_done(&clean);
        return (int64_t)*number;
    }
    *number = words->list.count;
    VEC_ADD(&words->list, clean.bytes);
    return (int64_t)words->list.count - 1;
}

static int64_t add_frame(struct words *words, const struct frame *frame)
{
    struct word_frame word = {.function = words_text(words, frame->function),
                              .file = words_text(words, frame->file),
                              .line = frame->line,
                              .column = frame->column,
                              .module = words_text(words, frame->module),
                              .class = (int64_t)frame->class,
                              .flags = (frame->is_inlined ? WORD_INLINED : 0) |
                                       (frame->is_jit ? WORD_JIT : 0) |
                                       (frame->is_named ? WORD_NAMED : 0) |
                                       (site_frame_is_on_way(frame) ? WORD_ON_WAY : 0),
                              .shown_file = words_text(words, frame_name_file(frame)),
                              .package = words_text(words, frame->package),
                              .owner = (int64_t)frame->owner};
    bool is_new;
    size_t *number = map_add(&words->frames, &word, sizeof word, &is_new);
    if (is_new) {
        *number = words->frame_list.count;
        VEC_ADD(&words->frame_list, word);
    }
    return (int64_t)*number;
}

int64_t words_frame(struct words *words, const struct frame *frame, bool is_lasting)
{
    size_t *known = is_lasting ? map_find(&words->known, &frame, sizeof frame) : NULL;
    if (known)
        return (int64_t)*known;
    int64_t number = add_frame(words, frame);
    bool is_new;
    if (is_lasting)
        *map_add(&words->known, &frame, sizeof frame, &is_new) = (size_t)number;
    return number;
}

void words_write(const struct words *words, struct text *out)
{
    text_add(out, "\"strings\":[");
    for (size_t i = 0; i < words->list.count; i++) {
        text_add(out, i ? "," : "");
        json_add_string(out, words->list.items[i], JSON_IN_SCRIPT);
    }
    text_add(out, "],\"frames\":[");
    for (size_t i = 0; i < words->frame_list.count; i++) {
        const struct word_frame *frame = &words->frame_list.items[i];
        text_format(out,
                    "%s%" PRId64 ",%" PRId64 ",%" PRId64 ",%" PRId64 ",%" PRId64 ",%" PRId64
                    ",%" PRId64 ",%" PRId64 ",%" PRId64,
                    i ? "," : "", frame->function, frame->file, frame->line, frame->column,
                    frame->module, frame->class, frame->flags, frame->shown_file, frame->package);
    }
    text_add(out, "],\"frame_owners\":[");
    for (size_t i = 0; i < words->frame_list.count; i++)
        text_format(out, "%s%" PRId64, i ? "," : "", words->frame_list.items[i].owner);
    text_add(out, "]");
}
