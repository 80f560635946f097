/* findings.c -- What a heap snapshot shows besides growth.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include "objects/findings.h"

#include "base/text.h"
#include "base/units.h"
#include "heapsnapshot/heap_duplicates.h"

#include <stdlib.h>

#define WASTE_LEAST    ((int64_t)1 << 20)
#define WASTE_SHARE    50         /* one byte in so many of the heap */
#define DETACHED_LEAST (64 << 10) /* Node has some hundred bytes of its own */
#define SHOWN          40         /* characters of a string */

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

void findings_add(struct objects *objects, const struct heap *heap)
{
    add_duplicates(objects, heap);
    add_detached(objects, heap);
    add_contexts(objects, heap);
}
