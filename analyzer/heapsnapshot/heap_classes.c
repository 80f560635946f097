/* heap_classes.c -- Gives each node its class, by DevTools' rules.
 *
 * DevTools compares names by index. So two names of equal text may be two classes; both have the
 * same key, and of these the later one has the row. Here it is the same, index by index.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include "heapsnapshot/heap_classes.h"

#include "heapsnapshot/heap.h"

#include <stdlib.h>
#include <string.h>

/* Names of classes that are no names of nodes, made once a snapshot. */
struct naming {
    struct heap *heap;
    struct map made; /* text -> name */
    uint32_t by_type[HEAP_NODE_OTHER + HEAP_TYPES];
};

static uint32_t made_name(struct naming *naming, const char *text)
{
    bool is_new;
    size_t *name = map_add(&naming->made, text, strlen(text), &is_new);
    if (is_new)
        *name = heap_names_add(&naming->heap->names, text);
    return (uint32_t)*name;
}

/* "<div id=a>" -> "<div>": from BEGIN on, up to the first blank. */
static uint32_t tag_name(struct naming *naming, uint32_t name, size_t begin)
{
    struct text text = {0};
    heap_names_text(&naming->heap->names, name, &text);
    char *blank = text.length > begin ? strchr(text.bytes + begin, ' ') : NULL;
    if (blank) {
        text.length = (size_t)(blank - text.bytes);
        text_add(&text, ">");
    }
    uint32_t result = made_name(naming, text.bytes);
    text_done(&text);
    return result;
}

static void name_types(struct naming *naming)
{
    static const char *const fixed[] = {[HEAP_NODE_HIDDEN] = "(system)",
                                        [HEAP_NODE_CODE] = "(compiled code)",
                                        [HEAP_NODE_CLOSURE] = "Function",
                                        [HEAP_NODE_REGEXP] = "RegExp"};
    const struct heap_meta *meta = &naming->heap->meta;
    const int order[] = {HEAP_NODE_HIDDEN, HEAP_NODE_CODE, HEAP_NODE_CLOSURE, HEAP_NODE_REGEXP};
    for (size_t i = 0; i < sizeof order / sizeof *order; i++)
        naming->by_type[order[i]] = made_name(naming, fixed[order[i]]);
    for (int i = 0; i < meta->node_type_count; i++) {
        uint8_t type = meta->node_types[i];
        if (type <= HEAP_NODE_REGEXP && fixed[type])
            continue;
        struct text text = {0};
        text_format(&text, "(%s)", meta->type_names[i]);
        naming->by_type[type] = made_name(naming, text.bytes);
        text_done(&text);
    }
}

static uint32_t class_name(struct naming *naming, uint32_t node)
{
    const struct heap *heap = naming->heap;
    uint8_t type = heap->type[node];
    if (type != HEAP_NODE_OBJECT && type != HEAP_NODE_NATIVE)
        return naming->by_type[type];
    uint32_t name = heap->name[node];
    unsigned kind = heap_names_kind(&heap->names, name);
    if (kind & HEAP_NAME_TAG)
        return tag_name(naming, name, 0);
    if (kind & HEAP_NAME_DETACHED_TAG)
        return tag_name(naming, name, 10);
    return name;
}

/* The class of NAME without a place. */
static uint32_t plain_class(struct heap *heap, uint32_t name)
{
    struct heap_classes *classes = &heap->classes;
    if (name >= classes->plain_room) {
        size_t room = (heap->names.count + heap->names.added.count) * 5 / 4 + 1024;
        classes->plain = memory_resize(classes->plain, room, sizeof *classes->plain);
        memset(classes->plain + classes->plain_room, 0,
               (room - classes->plain_room) * sizeof *classes->plain);
        classes->plain_room = room;
    }
    if (classes->plain[name] == 0) {
        VEC_ADD(&classes->list, (struct heap_class){.name = name});
        classes->plain[name] = (uint32_t)classes->list.count;
    }
    return classes->plain[name] - 1;
}

void heap_classes_key(const struct heap *heap, uint32_t class, struct text *key)
{
    const struct heap_class *row = &heap->classes.list.items[class];
    if (row->has_place)
        text_format(key, "%u,%u,%u", row->script, row->line, row->column);
    text_add(key, ",");
    heap_names_text(&heap->names, row->name, key);
}

/* The class of objects of class PLACED; names of equal text are one class here. */
static size_t placed_class(struct heap *heap, const struct heap_class *placed)
{
    struct heap_classes *classes = &heap->classes;
    struct text key = {0};
    bool is_new;
    text_format(&key, "%u,%u,%u,", placed->script, placed->line, placed->column);
    heap_names_text(&heap->names, placed->name, &key);
    size_t *class = map_add(&classes->placed, key.bytes, key.length, &is_new);
    if (is_new) {
        *class = classes->list.count;
        VEC_ADD(&classes->list, *placed);
    }
    text_done(&key);
    return *class;
}

/* What objects of JavaScript with a known constructor belong to. */
static void place_objects(struct heap *heap)
{
    struct heap_classes *classes = &heap->classes;
    struct map known = {0}; /* spares most texts */
    for (uint32_t i = 0; i < heap->location_count; i++) {
        const uint32_t *location = heap->locations + (size_t)i * HEAP_LOCATION_FIELDS;
        uint32_t node = location[HEAP_LOCATION_NODE];
        if (heap->type[node] != HEAP_NODE_OBJECT)
            continue;
        struct heap_class placed = {.name = classes->list.items[classes->of[node]].name,
                                    .has_place = true,
                                    .script = location[HEAP_LOCATION_SCRIPT],
                                    .line = location[HEAP_LOCATION_LINE],
                                    .column = location[HEAP_LOCATION_COLUMN]};
        const uint32_t key[] = {placed.name, placed.script, placed.line, placed.column};
        bool is_new;
        size_t *class = map_add(&known, key, sizeof key, &is_new);
        if (is_new)
            *class = placed_class(heap, &placed);
        classes->of[node] = (uint32_t) * class;
    }
    map_done(&known);
}

static void name_plain_objects(struct heap *heap, const struct heap_interfaces *interfaces)
{
    struct heap_classes *classes = &heap->classes;
    uint32_t *matches = heap_shapes_match(heap, interfaces);
    uint32_t *names = memory_zeroed(interfaces->list.count, sizeof *names);
    for (size_t i = 0; i < heap->shapes.objects.count; i++) {
        const struct heap_plain *object = &heap->shapes.objects.items[i];
        uint32_t match = matches[object->shape], name = heap->name[object->node];
        if (match != UINT32_MAX && names[match] == 0) {
            const char *text = interfaces->list.items[match].name;
            bool is_new;
            size_t *known = map_add(&classes->interface_names, text, strlen(text), &is_new);
            if (is_new)
                *known = heap_names_add(&heap->names, text);
            names[match] = (uint32_t)*known;
        }
        classes->of[object->node] = plain_class(heap, match == UINT32_MAX ? name : names[match]);
    }
    free(names);
    free(matches);
}

void heap_classes_find(struct heap *heap, const struct heap_interfaces *interfaces)
{
    struct heap_classes *classes = &heap->classes;
    if (!classes->of) {
        struct naming naming = {.heap = heap};
        classes->of = memory_resize(NULL, heap->meta.nodes, sizeof *classes->of);
        name_types(&naming);
        for (uint32_t node = 0; node < heap->meta.nodes; node++)
            classes->of[node] = plain_class(heap, class_name(&naming, node));
        map_done(&naming.made);
    }
    name_plain_objects(heap, interfaces);
    place_objects(heap);
}

void heap_classes_done(struct heap_classes *classes)
{
    VEC_DONE(&classes->list);
    free(classes->of);
    free(classes->plain);
    map_done(&classes->placed);
    map_done(&classes->interface_names);
}
