/* frames.c -- The frames of a stack in words: names from symbols, their class from rules.
 *
 * Naming is the expensive part, so a location is named when it is first asked for: most stacks
 * are only looked at from the leaf to the site.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include "frames/frames.h"

#include "base/map.h"
#include "base/text.h"
#include "frames/frames_parts.h"
#include "frames/package.h"
#include "frames/tail_calls.h"
#include "symbols/jit.h"
#include "symbols/source_maps.h"
#include "symbols/symbols.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

struct frames *frames_new(const struct store *store, struct symbols *symbols,
                          const struct rules *rules)
{
    struct frames *frames = memory_zeroed(1, sizeof *frames);
    *frames = (struct frames){.store = store, .symbols = symbols, .rules = rules};
    frames->pool = pool_new();
    char host[256] = "";
    frames->is_local =
        gethostname(host, sizeof host - 1) == 0 && strcmp(host, store->facts.host) == 0;
    frames->lists = memory_zeroed(store->locations.count, sizeof *frames->lists);
    frames->called = memory_zeroed(store->locations.count, sizeof *frames->called);
    frames->locations = memory_zeroed(store->locations.count, sizeof *frames->locations);
    frames->nodes = memory_zeroed(store->nodes.count, sizeof *frames->nodes);
    frames->sonames = memory_zeroed(store->modules.count, sizeof *frames->sonames);
    return frames;
}

void frames_free(struct frames *frames)
{
    if (!frames)
        return;
    free(frames->lists);
    free(frames->called);
    free(frames->locations);
    free(frames->nodes);
    free(frames->sonames);
    source_maps_free(frames->source_maps);
    VEC_DONE(&frames->path);
    pool_free(frames->pool);
    free(frames);
}

void frames_set_by_address(struct frames *frames)
{
    frames->is_by_address = true;
}

void frames_set_base_names(struct frames *frames, struct base_names *names)
{
    frames->base_names = names;
}

static const struct store_module *module_of(const struct frames *frames,
                                            const struct store_location *location)
{
    if (location->module == STORE_NONE)
        return NULL;
    return &frames->store->modules.items[location->module];
}

static void apply_wrappers(const struct frames *frames, struct frame *frame)
{
    if (frame->is_set_wrapper)
        frame->class = CLASS_OWN;
    frame->is_set_wrapper =
        frame->class == CLASS_OWN && frames->wrappers && frame->is_named &&
        map_find(frames->wrappers, frame->function, strlen(frame->function)) != NULL;
    if (frame->is_set_wrapper)
        frame->class = CLASS_WRAPPER;
}

/* The name of a shared library of the system or of a package, "" of all other modules. */
static const char *soname_of(struct frames *frames, uint32_t module)
{
    const char *path = frames->store->modules.items[module].path;
    const struct rules_subject subject = {.module = path};
    if (frames->sonames[module])
        return frames->sonames[module];
    bool is_library = strstr(text_base_name(path), ".so") != NULL &&
                      rules_owner(frames->rules, &subject, rules_class(frames->rules, &subject)) ==
                          OWNER_DEPENDENCY;
    frames->sonames[module] = is_library ? text_base_name(path) : "";
    return frames->sonames[module];
}

static const char *package_of(struct frames *frames, const struct store_location *location,
                              const struct frame *frame)
{
    if (frame->owner != OWNER_DEPENDENCY)
        return NULL;
    const char *package = package_name(frame->file, frames->pool);
    if (!package && frame->built_file)
        package = package_name(frame->built_file, frames->pool);
    if (!package && frame->module)
        package = package_name(frame->module, frames->pool);
    if (!package && location->module != STORE_NONE && *soname_of(frames, location->module))
        package = soname_of(frames, location->module);
    if (!package && frame->is_jit && frame->is_named && !frame->file)
        package = package_of_method(frame->function, frames->pool);
    return package;
}

static struct source_maps *make_source_maps(const struct store *store)
{
    struct source_maps *maps = source_maps_new();
    for (size_t i = 0; i < store->source_maps.count; i++)
        source_maps_add(maps, store->source_maps.items[i].file, store->source_maps.items[i].map);
    return maps;
}

/* JavaScript that a tool has built: the place, and a minified name, as they were written. */
static void apply_source_map(struct frames *frames, struct frame *frame)
{
    const struct symbol built = {frame->function, frame->file, frame->line, frame->column};
    struct symbol original;
    if (!frames->source_maps)
        frames->source_maps = make_source_maps(frames->store);
    int64_t time_ns = frames->is_local ? frames->store->facts.time_ns : 0;
    if (!source_maps_find(frames->source_maps, &built, time_ns, &original))
        return;
    frame->built_file = frame->file;
    frame->built_line = frame->line;
    frame->built_column = frame->column;
    frame->function = original.function;
    frame->file = original.file;
    frame->line = original.line;
    frame->column = original.column;
}

static void frames_classify(const struct frames *frames, struct frame *frame)
{
    struct rules_subject subject = {.function = frame->is_named ? frame->function : NULL,
                                    .file = frame->built_file ? frame->built_file : frame->file,
                                    .module = frame->module};
    frame->class = rules_class(frames->rules, &subject);
    if (frame->class == CLASS_OWN && frame->built_file) { /* a bundle holds packages, too */
        subject.file = frame->file;
        frame->class = rules_class(frames->rules, &subject);
    }
    frame->managed_heap = rules_managed_heap(frames->rules, &subject);
    frame->shared = rules_shared(frames->rules, &subject);
    frame->is_start = rules_is_start(frames->rules, &subject);
    /* The owner of code that its runtime has not named is unknown. */
    if (!frame->is_named && !frame->module && frame->class == CLASS_OWN)
        frame->class = CLASS_RUNTIME;
    frame->owner =
        frame->is_start ? OWNER_RUNTIME : rules_owner(frames->rules, &subject, frame->class);
    apply_wrappers(frames, frame);
}

void frames_set_wrappers(struct frames *frames, const struct map *wrappers)
{
    frames->wrappers = wrappers;
    for (size_t i = 0; i < frames->store->locations.count; i++) {
        struct frame *items = (struct frame *)frames->lists[i].items;
        for (size_t j = 0; j < frames->lists[i].count && items; j++)
            apply_wrappers(frames, &items[j]);
        if (frames->called[i].frame)
            apply_wrappers(frames, frames->called[i].frame);
    }
}

static void name_unknown(struct frames *frames, const struct store_location *location,
                         struct frame *frame)
{
    frame->is_named = false;
    frame->function = frame->module ? pool_format(frames->pool, "%s+0x%" PRIx64,
                                                  text_base_name(frame->module), location->offset)
                                    : pool_format(frames->pool, "0x%" PRIx64, location->address);
}

struct frame frames_make(struct frames *frames, const struct store_location *location,
                         const struct symbol *symbol)
{
    const struct store_module *module = module_of(frames, location);
    struct frame frame = {.address = location->address,
                          .module = module ? module->path : NULL,
                          .is_jit = location->jit_name != NULL,
                          .may_inline = location->jit_name && jit_may_inline(location->jit_name),
                          .base_names = frames->base_names,
                          .is_named = true};
    if (symbol) {
        frame.function = symbol->function;
        frame.file = symbol->file;
        frame.line = symbol->line;
        frame.column = symbol->column;
    }
    if (!frame.function)
        name_unknown(frames, location, &frame);
    if (location->jit_name && frame.line > 0 && jit_is_javascript(location->jit_name))
        apply_source_map(frames, &frame);
    frames_classify(frames, &frame);
    frame.package = package_of(frames, location, &frame);
    if (frame.file && frames->base_names)
        base_names_add(frames->base_names, frame.file);
    return frame;
}

struct symbol_list frames_look_up(struct frames *frames, uint32_t index)
{
    const struct store_location *location = &frames->store->locations.items[index];
    const struct store_module *module = module_of(frames, location);
    if (location->jit_name || !module)
        return (struct symbol_list){0};
    struct symbol_place place = frames_module_place(frames, location->module);
    place.offset = location->offset - 1; /* the call before the return */
    return symbols_find(frames->symbols, &place);
}

struct symbol_place frames_module_place(const struct frames *frames, uint32_t index)
{
    const struct store_module *module = &frames->store->modules.items[index];
    const struct store_facts *facts = &frames->store->facts;
    return (struct symbol_place){.path = module->path,
                                 .build_id = module->build_id,
                                 .time_ns = frames->is_local ? facts->time_ns : 0,
                                 .span = module->span,
                                 .pid = frames->is_local ? facts->pid : 0};
}

struct symbol_list frames_stored(struct frames *frames, uint32_t index)
{
    const struct store_location *location = &frames->store->locations.items[index];
    struct symbol *symbols = pool_zeroed(frames->pool, location->symbol_count * sizeof *symbols);
    for (size_t i = 0; i < location->symbol_count; i++) {
        const struct store_symbol *row = &frames->store->symbols.items[location->first_symbol + i];
        symbols[i] = (struct symbol){.function = *row->function ? row->function : NULL,
                                     .file = row->file,
                                     .line = row->line,
                                     .column = row->column};
    }
    return (struct symbol_list){.items = symbols, .count = location->symbol_count};
}

/* A place that the runtime gave in the name is the function's, and the same in every tier; the line
 * of a jitdump is better than none. */
static struct symbol_list name_jit_code(struct frames *frames, uint32_t index)
{
    struct symbol *jit = pool_zeroed(frames->pool, sizeof *jit);
    struct symbol_list stored = frames_stored(frames, index);
    *jit = jit_parse(frames->store->locations.items[index].jit_name, frames->pool);
    if (!jit->file && stored.count > 0) {
        jit->file = stored.items[0].file;
        jit->line = stored.items[0].line;
    }
    return (struct symbol_list){.items = jit, .count = 1};
}

/* What the file knows is enough when it has lines; otherwise this machine may know more. */
static struct symbol_list find_symbols(struct frames *frames, uint32_t index)
{
    if (frames->store->locations.items[index].jit_name)
        return name_jit_code(frames, index);
    struct symbol_list stored = frames_stored(frames, index);
    if (stored.count > 0 && stored.items[stored.count - 1].file)
        return stored;
    struct symbol_list found = frames_look_up(frames, index);
    return found.count > 0 ? found : stored;
}

/* Native code is the same when it lies at the same place of the same build; JIT code when it has
 * the same name, as its addresses are those of one process. */
static uint64_t make_identity(const struct frames *frames, const struct store_location *location,
                              const struct frame *frame)
{
    const struct store_module *module = module_of(frames, location);
    if (frame->is_jit && frames->is_by_address)
        return map_mix(location->address, 1);
    if (frame->is_jit) {
        uint64_t file = frame->file ? map_hash(frame->file, strlen(frame->file)) : 0;
        uint64_t function = map_hash(frame->function, strlen(frame->function));
        return map_mix(map_mix(function, file),
                       (uint64_t)frame->line << 32 | (uint32_t)frame->column);
    }
    if (!module)
        return map_mix(location->address, 0);
    const char *name = module->build_id ? module->build_id : module->path;
    return map_mix(map_hash(name, strlen(name)), location->offset);
}

/* Without symbols for native code: they would have to be looked up for every frame. JIT code is
 * parsed but not classified. */
static uint64_t location_identity(struct frames *frames, uint32_t index)
{
    uint64_t *known = &frames->locations[index];
    if (*known)
        return *known; /* cppcheck-suppress identicalInnerCondition ; a number, no condition */
    const struct store_location *location = &frames->store->locations.items[index];
    struct frame frame = {.is_jit = location->jit_name != NULL};
    if (location->jit_name && !frames->is_by_address) {
        struct symbol symbol = jit_parse(location->jit_name, frames->pool);
        frame.function = symbol.function ? symbol.function : "";
        frame.file = symbol.file;
        frame.line = symbol.line;
        frame.column = symbol.column;
    }
    *known = make_identity(frames, location, &frame);
    *known += *known == 0;
    return *known;
}

struct frame_list frames_at(struct frames *frames, uint32_t index)
{
    struct frame_list *list = &frames->lists[index];
    if (list->items)
        return *list;
    const struct store_location *location = &frames->store->locations.items[index];
    struct symbol_list symbols = find_symbols(frames, index);
    list->count = symbols.count ? symbols.count : 1;
    struct frame *items = pool_zeroed(frames->pool, list->count * sizeof *items);
    for (size_t i = 0; i < list->count; i++) {
        items[i] = frames_make(frames, location, symbols.count ? &symbols.items[i] : NULL);
        items[i].is_inlined = i + 1 < list->count;
    }
    list->items = items;
    list->identity = location_identity(frames, index);
    return *list;
}

struct frames_walk frames_leaf(struct frames *frames, const struct store_stack *stack)
{
    return (struct frames_walk){.frames = frames, .node = stack->node, .inner = STORE_NONE};
}

const struct frame *frames_caller(struct frames_walk *walk)
{
    for (;;) {
        if (walk->next < walk->list.count) {
            const struct frame *frame = &walk->list.items[walk->next++];
            if (frame->class != CLASS_HEAPDIFF)
                return frame;
            continue;
        }
        if (walk->node == STORE_NONE || walk->depth++ >= FRAMES_DEEPEST)
            return NULL;
        const struct store_node *node = &walk->frames->store->nodes.items[walk->node];
        walk->list = frames_at(walk->frames, node->location);
        walk->next = 0;
        walk->node = node->parent;
        uint32_t inner = walk->inner;
        walk->inner = node->location;
        const struct frame *missing = tail_calls_find(walk->frames, inner, node->location);
        if (missing && missing->class != CLASS_HEAPDIFF)
            return missing;
    }
}

/* Every node is asked for once, whatever stacks it belongs to. */
static uint64_t node_identity(struct frames *frames, uint32_t node)
{
    uint64_t identity = 0;
    frames->path.count = 0;
    for (; node != STORE_NONE && !frames->nodes[node];
         node = frames->store->nodes.items[node].parent)
        VEC_ADD(&frames->path, node);
    if (node != STORE_NONE)
        identity = frames->nodes[node];
    while (frames->path.count > 0) {
        node = frames->path.items[--frames->path.count];
        uint32_t location = frames->store->nodes.items[node].location;
        identity = map_mix(identity, location_identity(frames, location));
        identity += identity == 0;
        frames->nodes[node] = identity;
    }
    return identity;
}

uint64_t frames_identity(struct frames *frames, const struct store_stack *stack)
{
    uint64_t identity = stack->node == STORE_NONE ? 0 : node_identity(frames, stack->node);
    return map_mix((uint64_t)stack->kind, identity);
}

void frames_sites_done(struct frames_sites *sites)
{
    map_done(&sites->index);
    VEC_DONE(&sites->frames);
}

void frames_set_sites(struct frames *frames, const struct frames_sites *sites)
{
    frames->sites = sites;
}

const struct frame *frames_known_site(struct frames *frames, const struct store_stack *stack)
{
    if (!frames->sites || frames->sites->index.count == 0)
        return NULL;
    uint64_t identity = frames_identity(frames, stack);
    const size_t *at = map_find(&frames->sites->index, &identity, sizeof identity);
    const struct frame *site = at ? &frames->sites->frames.items[*at - 1] : NULL;
    bool is_wrapper = site && frames->wrappers &&
                      map_find(frames->wrappers, site->function, strlen(site->function)) != NULL;
    return is_wrapper ? NULL : site; /* what it was made a part of is its caller */
}
