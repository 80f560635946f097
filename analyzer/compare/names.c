/* names.c -- One word for one thing in all outputs for people; JSON has names of its own.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include "compare/names.h"

#include "judge/runtime.h"

/* The runtime of the largest managed heap, be it mappings or the objects inside. */
static enum runtime_kind heap_of(const struct comparison *comparison)
{
    const struct site *largest = NULL;
    size_t last = comparison->count - 1;
    for (size_t i = 0; i < comparison->site_count; i++) {
        const struct site *site = comparison->ranked[i];
        bool is_larger = !largest || site->live_bytes[last] > largest->live_bytes[last];
        if (site->is_managed && is_larger)
            largest = site;
    }
    if (largest)
        return runtime_of(&largest->frame).kind;
    return comparison->stores[last]->has_js ? RUNTIME_V8 : RUNTIME_NONE;
}

const char *names_part(const struct comparison *comparison, enum part part)
{
    return part == PART_JS_HEAP ? runtime_heap_name(heap_of(comparison)) : parts_name(part);
}

const char *names_kind(const struct site *site)
{
    return site->is_managed ? "managed heap" : site_kind_name(site);
}
