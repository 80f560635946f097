/* findings.c -- What a heap snapshot shows besides growth.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include "objects/findings.h"

#include "base/text.h"
#include "base/units.h"
#include "heapsnapshot/heap_contexts.h"
#include "heapsnapshot/heap_duplicates.h"

#include <stdlib.h>
#include <string.h>

#define WASTE_LEAST    ((int64_t)1 << 20)
#define WASTE_SHARE    50         /* one byte in so many of the heap */
#define DETACHED_LEAST (64 << 10) /* Node has some hundred bytes of its own */
#define DEAD_LEAST     (256 << 10)
#define CUT_OFF        1024 /* bytes: V8 writes no more of a string, so the rest may differ */
#define SHOWN          40   /* characters of a string */

const char *objects_finding_name(enum objects_finding_kind kind)
{
    static const char *const names[] = {"duplicate-strings", "dead-fields", "detached-nodes",
                                        "contexts"};
    return names[kind];
}

static void add(struct objects *objects, struct objects_finding finding, const struct text *text)
{
    finding.text = pool_text(objects->texts, text->bytes);
    VEC_ADD(&objects->findings, finding);
}

/* ---- Strings ------------------------------------------------------------------------------------
 */

static void add_duplicates(struct objects *objects, const struct heap *heap)
{
    struct heap_duplicates duplicates = heap_duplicates_find(heap);
    struct objects_finding finding = {.kind = OBJECTS_DUPLICATE_STRINGS};
    const struct heap_duplicate *worst = NULL;
    int64_t most = 0;
    for (size_t i = 0; i < duplicates.list.count; i++) {
        const struct heap_duplicate *duplicate = &duplicates.list.items[i];
        if (strlen(duplicate->text) >= CUT_OFF)
            continue;
        int64_t waste = (int64_t)(duplicate->retained -
                                  duplicate->retained / duplicate->count); /* all but one */
        finding.count += duplicate->count - 1;
        finding.bytes += waste;
        if (waste > most) {
            most = waste;
            worst = duplicate;
        }
    }
    if (worst && finding.bytes >= WASTE_LEAST &&
        finding.bytes >= (int64_t)heap_total(heap) / WASTE_SHARE) {
        struct text text = {0};
        text_format(&text, "%s strings repeat others: %s, of which %s are %s times \"",
                    units_count(finding.count).text, units_bytes(finding.bytes).text,
                    units_bytes(most).text, units_count(worst->count).text);
        text_format(&text, "%.*s\"", SHOWN, worst->text);
        add(objects, finding, &text);
        text_done(&text);
    }
    heap_duplicates_done(&duplicates);
}

/* ---- Pages --------------------------------------------------------------------------------------
 */

/* The nodes in IS_WANTED (a byte a node): how many, and what they retain, each byte once. */
static struct objects_finding sum(const struct heap *heap, const uint8_t *is_wanted,
                                  enum objects_finding_kind kind)
{
    struct objects_finding finding = {.kind = kind};
    uint32_t *sizes = memory_zeroed(heap->meta.nodes, sizeof *sizes);
    uint32_t *groups = memory_zeroed(heap->meta.nodes, sizeof *groups);
    uint64_t bytes = 0;
    for (uint32_t node = 0; node < heap->meta.nodes; node++) {
        sizes[node] = is_wanted[node];
        finding.count += is_wanted[node];
    }
    if (finding.count > 0)
        dominators_sum_groups(&heap->dominators, groups, 1, sizes, heap->retained, &bytes, NULL);
    finding.bytes = (int64_t)bytes;
    free(sizes);
    free(groups);
    return finding;
}

static void add_detached(struct objects *objects, const struct heap *heap)
{
    uint8_t *is_wanted = memory_zeroed(heap->meta.nodes, 1);
    for (uint32_t node = 0; node < heap->meta.nodes; node++)
        is_wanted[node] = heap->type[node] == HEAP_NODE_NATIVE && heap->size[node] > 0 &&
                          heap->state[node] == HEAP_STATE_DETACHED;
    struct objects_finding finding = sum(heap, is_wanted, OBJECTS_DETACHED_NODES);
    free(is_wanted);
    if (finding.count == 0 || finding.bytes < DETACHED_LEAST)
        return;
    struct text text = {0};
    text_format(&text, "%s nodes are detached from their page and still kept: %s",
                units_count(finding.count).text, units_bytes(finding.bytes).text);
    add(objects, finding, &text);
    text_done(&text);
}

/* Contexts (of vm, of frames) besides the first: each has globals of its own. */
static void add_contexts(struct objects *objects, const struct heap *heap)
{
    uint8_t *is_wanted = memory_zeroed(heap->meta.nodes, 1);
    uint32_t first = GRAPH_NONE;
    for (uint32_t node = 0; node < heap->meta.nodes; node++) {
        bool is_context =
            heap_names_kind(&heap->names, heap->name[node]) & HEAP_NAME_NATIVE_CONTEXTS;
        if (is_context && first == GRAPH_NONE)
            first = node;
        is_wanted[node] = is_context && node != first;
    }
    struct objects_finding finding = sum(heap, is_wanted, OBJECTS_CONTEXTS);
    free(is_wanted);
    if (finding.count == 0 || finding.bytes < WASTE_LEAST)
        return;
    struct text text = {0};
    text_format(&text, "%s contexts are alive besides the main one: %s",
                units_count(finding.count).text, units_bytes(finding.bytes).text);
    add(objects, finding, &text);
    text_done(&text);
}

/* ---- Closures -----------------------------------------------------------------------------------
 */

static const struct heap_dead_field *largest(const struct heap *heap,
                                             const struct heap_dead_fields *fields)
{
    const struct heap_dead_field *result = &fields->list.items[0];
    for (size_t i = 1; i < fields->list.count; i++)
        if (heap->retained[fields->list.items[i].value] > heap->retained[result->value])
            result = &fields->list.items[i];
    return result;
}

static void say_dead_fields(struct objects *objects, const struct heap *heap,
                            const struct heap_dead_field *field, struct objects_finding finding)
{
    static const char prefix[] = "system / Script / ";
    struct text text = {0}, name = {0};
    text_format(&text, "%s variables of closures can never be read again and keep %s: `",
                units_count(finding.count).text, units_bytes(finding.bytes).text);
    text_add(&text, heap_names_in(&heap->names, field->name, &name));
    const char *script = heap_names_in(&heap->names, heap->name[field->script], &name);
    script += text_starts(script, prefix) ? sizeof prefix - 1 : 0;
    text_format(&text, "` in %s keeps %s", *script ? text_base_name(script) : "a script",
                units_bytes((int64_t)heap->retained[field->value]).text);
    add(objects, finding, &text);
    text_done(&text);
    text_done(&name);
}

static bool add_dead_fields(struct objects *objects, const struct heap *heap, struct error *error)
{
    struct heap_dead_fields fields;
    uint8_t *is_wanted = memory_zeroed(heap->meta.nodes, 1);
    bool good = heap_contexts_find(heap, &fields, error);
    for (size_t i = 0; i < fields.list.count; i++)
        is_wanted[fields.list.items[i].value] = 1;
    if (good && fields.list.count > 0) {
        struct objects_finding finding = sum(heap, is_wanted, OBJECTS_DEAD_FIELDS);
        finding.count = (int64_t)fields.list.count;
        if (finding.bytes >= DEAD_LEAST)
            say_dead_fields(objects, heap, largest(heap, &fields), finding);
    }
    heap_contexts_done(&fields);
    free(is_wanted);
    return good;
}

bool findings_add(struct objects *objects, const struct heap *heap, struct error *error)
{
    add_duplicates(objects, heap);
    add_detached(objects, heap);
    add_contexts(objects, heap);
    return add_dead_fields(objects, heap, error);
}
