/* layout.c -- Offsets in the structures of CPython, by version.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include "python/layout.h"

#include <stddef.h>
#include <string.h>

#include "base/probe.h"
#include "python/cpython.h"

#define MOST_WORDS 128 /* of _Py_DebugOffsets */

static const struct layout layouts[] = {
#define LAYOUT(...) {__VA_ARGS__},
#define PLACES(...)
#include "python/layouts.def"
#undef LAYOUT
#undef PLACES
};

static const struct layout_places places[] = {
#define LAYOUT(...)
#define PLACES(...) {__VA_ARGS__},
#include "python/layouts.def"
#undef LAYOUT
#undef PLACES
};

/* Conditions for an offset to be believed: a multiple, and within the structure. */
static const struct rule {
    size_t place, field; /* in struct layout_places and struct layout */
    uint16_t least, most, multiple;
} rules[] = {
#define RULE(name, least, most, multiple)                                                          \
    {                                                                                              \
        offsetof(struct layout_places, name), offsetof(struct layout, name), least, most, multiple \
    }
    RULE(runtime_finalizing, 8, 65528, 8),
    RULE(state_thread, 8, 4096, 8),
    RULE(state_frame, 8, 4096, 8),
    RULE(frame_previous, 0, 256, 8),
    RULE(frame_code, 0, 256, 8),
    RULE(frame_instruction, 0, 256, 8),
    RULE(frame_owner, 8, 256, 1),
    RULE(code_first_line, 8, LAYOUT_CODE_SIZE - 4, 4),
    RULE(code_file, 8, LAYOUT_CODE_SIZE - 8, 8),
    RULE(code_name, 8, LAYOUT_CODE_SIZE - 8, 8),
    RULE(code_lines, 8, LAYOUT_CODE_SIZE - 8, 8),
    RULE(code_instructions, 8, 4096, 2),
    RULE(text_ascii, 40, 256, 8),
#undef RULE
};

const struct layout_places *layout_places_of(uint32_t version)
{
    for (unsigned i = 0; i < sizeof places / sizeof *places; i++)
        if (places[i].version == version)
            return &places[i];
    return NULL;
}

/* Checks the cookie and the version, and excludes free-threaded builds and builds that trace
 * references: their objects have other heads. */
static bool is_usual(const uint64_t *words, const struct layout_places *at)
{
    return memcmp(words, "xdebugpy", 8) == 0 && words[1] >> 16 == at->version &&
           words[at->free_threaded / 8] == 0 && words[at->object_type / 8] == CPYTHON_TYPE &&
           words[at->bytes / 8] == CPYTHON_BYTES && words[at->text_length / 8] == CPYTHON_SIZE &&
           words[at->text_state / 8] == CPYTHON_TEXT_STATE;
}

static bool layout_take(const uint64_t *words, const struct layout_places *at,
                        const struct rule *rule, struct layout *layout)
{
    uint16_t place;
    memcpy(&place, (const char *)at + rule->place, sizeof place);
    uint64_t offset = words[place / 8];
    uint16_t kept = (uint16_t)offset;
    memcpy((char *)layout + rule->field, &kept, sizeof kept);
    return offset >= rule->least && offset <= rule->most && offset % rule->multiple == 0;
}

static bool read_offsets(const struct layout_places *at, uintptr_t runtime, uintptr_t end,
                         struct layout *layout)
{
    uint64_t words[MOST_WORDS];
    if (at->size > sizeof words || end - runtime < at->size ||
        !probe_copy(words, runtime, at->size) || !is_usual(words, at))
        return false;
    *layout = (struct layout){.version = at->version};
    for (unsigned i = 0; i < sizeof rules / sizeof *rules; i++)
        if (!layout_take(words, at, &rules[i], layout))
            return false;
    /* A text with other characters has the length and the address of its UTF-8 in front of them. */
    layout->text_other = (uint16_t)(layout->text_ascii + 16);
    return layout->runtime_finalizing + 8u <= end - runtime;
}

bool layout_find(uint32_t version, uintptr_t runtime, uintptr_t runtime_end, struct layout *layout)
{
    const struct layout_places *at = layout_places_of(version);
    if (at)
        return read_offsets(at, runtime, runtime_end, layout);
    for (unsigned i = 0; i < sizeof layouts / sizeof *layouts; i++) {
        if (layouts[i].version != version)
            continue;
        *layout = layouts[i];
        return true;
    }
    return false;
}
