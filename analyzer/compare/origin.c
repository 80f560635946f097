/* origin.c -- Which function of the program memory hangs on that no stack of its own leads to.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include "compare/origin.h"

#include "base/text.h"

#include <string.h>

/* Native code of Node, and its module in which a program makes what that code works for. */
static const struct {
    const char *function, *module;
} natives[] = {
    {"ZlibContext", "node:zlib"},
    {"BrotliEncoder", "node:zlib"},
    {"BrotliDecoder", "node:zlib"},
    {"node::worker::", "node:internal/worker"},
    {"node::http2::", "node:internal/http2/"},
    {"node::crypto::TLSWrap", "node:_tls_wrap"},
    {"node::fs::", "node:internal/fs/"},
};

/* Of Node's modules that whatever is asynchronous passes through: they tell nothing apart. */
static const char *const passages[] = {
    "node:internal/process/",
    "node:internal/timers",
    "node:internal/buffer",
    "node:internal/bootstrap",
    "node:internal/async_",
    "node:internal/streams/",
    "node:internal/modules/",
    "node:internal/event",
    "node:internal/main/",
    "node:events",
    "node:buffer",
    "node:diagnostics_channel",
    "node:_http_",
    "node:stream",
};

static bool is_module(const char *file)
{
    bool is_passage = !file || !text_starts(file, "node:");
    for (size_t i = 0; i < sizeof passages / sizeof *passages && !is_passage; i++)
        is_passage = text_starts(file, passages[i]);
    return !is_passage;
}

static const char *module_of(const struct frame *frame)
{
    if (is_module(frame->file))
        return frame->file;
    for (size_t i = 0; i < sizeof natives / sizeof *natives; i++)
        if (frame->class == CLASS_RUNTIME && strstr(frame->function, natives[i].function))
            return natives[i].module;
    return NULL;
}

/* Whether the program calls the module in the stack of SITE. */
static bool asks_module(const struct site *site, const char *module)
{
    struct frames_walk walk = frames_leaf(site->stack_frames, site->stack);
    const struct frame *frame;
    while ((frame = frames_caller(&walk)) && frame->class != CLASS_OWN) {
        const char *entered = module_of(frame);
        if (entered && text_starts(entered, module))
            return true;
    }
    return false;
}

static const struct site *find_asker(const struct comparison *comparison, const struct site *site,
                                     const char *module)
{
    for (size_t i = 0; i < comparison->site_count; i++) { /* the growing ones come first */
        const struct site *other = comparison->ranked[i];
        bool is_program = other->frame.class == CLASS_OWN && other->growth_bytes > 0;
        if (is_program && other->stack && asks_module(other, module))
            return other;
    }
    return NULL;
}

const struct site *origin_find(const struct comparison *comparison, const struct site *site)
{
    if (site->frame.class != CLASS_RUNTIME || site->is_managed || !site->stack)
        return NULL;
    struct frames_walk walk = frames_leaf(site->stack_frames, site->stack);
    const struct frame *frame;
    while ((frame = frames_caller(&walk))) {
        const char *module = module_of(frame);
        const struct site *asker = module ? find_asker(comparison, site, module) : NULL;
        if (asker)
            return asker;
    }
    return NULL;
}
