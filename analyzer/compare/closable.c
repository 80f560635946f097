/* closable.c -- Native memory that belongs to objects of a runtime: it goes when they are closed.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include "compare/closable.h"

#include "base/units.h"
#include "frames/frame_name.h"

#include <stdlib.h>
#include <string.h>

/* By the native function that makes the memory, on the way from managed code. */
static const struct known {
    const char *function; /* its name begins like this */
    const char *what, *how;
} known[] = {
    {"node::crypto::SecureContext", "TLS contexts", "keep one and reuse it for all connections"},
    {"SSL_CTX_new", "TLS contexts", "keep one and reuse it for all connections"},
    {"node::crypto::TLSWrap", "TLS sockets", "destroy() each"},
    {"SSL_new", "TLS sockets", "destroy() each"},
    {"deflateInit2_", "zlib streams", "close() or end() each"},
    {"inflateInit2_", "zlib streams", "close() or end() each"},
    {"node::(anonymous namespace)::ZlibContext", "zlib streams", "close() or end() each"},
    {"node::(anonymous namespace)::CompressionStream", "zlib streams", "close() or end() each"},
    {"Java_java_util_zip_Inflater_init", "Inflaters", "end() each"},
    {"Java_java_util_zip_Deflater_init", "Deflaters", "end() each"},
    {"sqlite3_prepare", "SQL statements", "finalize them, or prepare each text once and keep it"},
    {"sqlite3LockAndPrepare", "SQL statements",
     "finalize them, or prepare each text once and keep it"},
    {"sqlite3_open", "databases", "close() each"},
};
#define KNOWN (sizeof known / sizeof *known)

/* Below such a frame memory belongs to an object of a runtime; a thread of its pool runs no more.
 */
static bool is_of_runtime(const struct frame *frame)
{
    return frame->is_jit || text_starts(frame->function, "node::") ||
           text_starts(frame->function, "Java_");
}

/* What the stack's memory belongs to; NULL: to no such object, or to none of a runtime. */
static const struct known *known_of(const struct site_member *member)
{
    struct frames_walk walk = frames_leaf(member->frames, member->stack);
    const struct known *found = NULL;
    const struct frame *frame;
    while ((frame = frames_caller(&walk)) != NULL) {
        for (size_t i = 0; i < KNOWN && !found && !frame->is_jit; i++)
            found = text_starts(frame->function, known[i].function) ? &known[i] : NULL;
        if (found && is_of_runtime(frame))
            return found;
    }
    return NULL;
}

static struct closable *closable_of(struct closables *closables, const struct known *kind)
{
    for (size_t i = 0; i < closables->list.count; i++)
        if (strcmp(closables->list.items[i].what, kind->what) == 0)
            return &closables->list.items[i];
    struct closable made = {.what = kind->what, .how = kind->how};
    VEC_ADD(&closables->list, made);
    return &closables->list.items[closables->list.count - 1];
}

static void add(struct closables *closables, const struct comparison *comparison,
                const struct site_member *member)
{
    const struct site *site = &comparison->table.sites.items[member->site];
    int64_t growth = store_sum(member->last.live_bytes, -member->first.live_bytes);
    bool is_growing = site->rank.is_growing && !site->rank.is_small;
    const struct known *kind = NULL;
    if (is_growing && growth > 0 && format_kind_is_block(site->kind))
        kind = known_of(member);
    if (!kind)
        return;
    struct closable *closable = closable_of(closables, kind);
    closable->growth = store_sum(closable->growth, growth);
    if (site->frame.owner == OWNER_RUNTIME)
        return; /* a thread of its pool knows no line */
    if (!closable->site || site->growth_bytes > closable->site->growth_bytes)
        closable->site = site;
}

static int by_growth(const void *a, const void *b)
{
    const struct closable *x = a, *y = b;
    if (x->growth != y->growth)
        return x->growth > y->growth ? -1 : 1;
    return strcmp(x->what, y->what);
}

struct closables *closables_new(const struct comparison *comparison)
{
    struct closables *closables = memory_zeroed(1, sizeof *closables);
    const struct site_table *table = &comparison->table;
    for (size_t i = 0; i < table->members.count && comparison->count > 1; i++)
        add(closables, comparison, &table->members.items[i]);
    if (closables->list.count > 0)
        qsort(closables->list.items, closables->list.count, sizeof *closables->list.items,
              by_growth);
    size_t last = comparison->count - 1;
    for (size_t i = 0; i < closables->list.count; i++) /* a profile is of a collected heap */
        closables->list.items[i].outlived =
            comparison->stores[0]->has_js && comparison->stores[last]->has_js;
    return closables;
}

void closables_free(struct closables *closables)
{
    VEC_DONE(&closables->list);
    free(closables);
}

void closable_say(const struct closable *closable, struct text *out)
{
    text_format(out, "%s of the growth is memory of %s", units_bytes(closable->growth).text,
                closable->what);
    if (closable->site) {
        text_add(out, " made at ");
        frame_name(&closable->site->frame, NULL, out);
    }
    if (closable->outlived)
        text_format(out, ": they outlived a collection, so the program holds them; %s.",
                    closable->how);
    else
        text_format(out, ": it stays until the runtime collects them; %s.", closable->how);
}
