/* inlined_jit.c -- Sites of functions that a compiler has made part of their callers.
 *
 * V8 and the JVM inline hot functions into their callers, and from then on such a function is
 * missing in stacks: the caller seems to allocate, and its site grows while the function's own
 * shrinks. Native code has debug information for that; JIT code has none. But all code begins in an
 * interpreter, which inlines nothing, and every allocation was recorded. So a stack whose site X is
 * optimised code belongs to Y when
 *
 *   - X has never, in a tier that does not inline, allocated such blocks itself;
 *   - Y has, called by X, at most a few functions further in;
 *   - no other function than Y has.
 *
 * Such blocks are those of the same kind, from the same place in the runtime, of about the same
 * mean size. Two inlined functions, one in the other, are found one after the other.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include "sites/inlined_jit.h"

#include <stdlib.h>
#include <string.h>

#define FARTHEST    4   /* functions that may be missing in a stack, one inlined in the other */
#define SIZE_FACTOR 2.0 /* mean sizes within this are about the same */

/* What is known of a member of the table whose site is JIT code. */
struct record {
    struct frame frame;           /* its site */
    uint64_t calls[1 + FARTHEST]; /* the site and its callers of the program's own; 0: no more */
    uint64_t leaf;                /* identity of the innermost location */
    double mean;                  /* bytes, of all blocks ever */
    enum block_kind kind;
    bool is_plain; /* was seen with a site that inlines nothing */
    size_t target; /* index + 1 into the sites that were learned; 0: its own */
};

struct link {
    uint64_t caller;
    int depth; /* of the caller above the site; 0: the site itself */
    size_t record;
};

struct search {
    struct record *records; /* by member; frame.function NULL: not JIT code */
    VEC(struct link) links; /* sorted by caller */
    struct frames_sites *sites;
};

static uint64_t key_of(const struct frame *frame)
{
    uint64_t file = frame->file ? map_hash(frame->file, strlen(frame->file)) : 0;
    uint64_t key = map_mix(map_hash(frame->function, strlen(frame->function)), file);
    key = map_mix(key, (uint64_t)frame->line << 32 | (uint32_t)frame->column);
    return key + (key == 0);
}

static double mean_size(const struct site_member *member)
{
    const struct site_numbers *numbers = member->last.allocations ? &member->last : &member->first;
    return numbers->allocations > 0
               ? (double)numbers->allocated_bytes / (double)numbers->allocations
               : 0;
}

enum { OWN_UNKNOWN, OWN_NONE, OWN_JIT, OWN_OTHER };

/* The stacks of one snapshot, which have most callers in common: each of their nodes is looked at
 * once. */
struct chain {
    struct frames *frames;
    const struct store *store;
    uint32_t *next; /* by node: 1 + that node or the nearest caller that has the program's own code;
                       0: not looked at; STORE_NONE: none */
    uint8_t *own;   /* by location: one of the above */
    uint64_t *keys; /* by location: key_of() */
};

static struct chain chain_new(const struct wrappers_end *end)
{
    const struct store *store = end->store;
    return (struct chain){.frames = end->frames,
                          .store = store,
                          .next = memory_zeroed(store->nodes.count + 1, sizeof(uint32_t)),
                          .own = memory_zeroed(store->locations.count + 1, sizeof(uint8_t)),
                          .keys = memory_zeroed(store->locations.count + 1, sizeof(uint64_t))};
}

static void chain_done(struct chain *chain)
{
    free(chain->next);
    free(chain->own);
    free(chain->keys);
}

/* Whether a location has code of the program's own, and the first frame that is. */
static uint8_t own_at(struct chain *chain, uint32_t location)
{
    if (chain->own[location])
        return chain->own[location];
    struct frame_list list = frames_at(chain->frames, location);
    size_t i = 0;
    while (i < list.count && (list.items[i].class != CLASS_OWN || list.items[i].is_start))
        i++;
    bool is_jit = i < list.count && list.items[i].is_jit && list.items[i].is_named;
    if (is_jit)
        chain->keys[location] = key_of(&list.items[i]);
    return chain->own[location] = i == list.count ? OWN_NONE : is_jit ? OWN_JIT : OWN_OTHER;
}

/* NODE or its nearest caller in which the program's own code runs; STORE_NONE when there is none.
 */
static uint32_t own_node(struct chain *chain, uint32_t node)
{
    const struct store_node *nodes = chain->store->nodes.items;
    uint32_t end = node, found = STORE_NONE;
    while (end != STORE_NONE && !chain->next[end] && own_at(chain, nodes[end].location) == OWN_NONE)
        end = nodes[end].parent;
    if (end != STORE_NONE)
        found = chain->next[end] ? chain->next[end] : end + 1;
    for (; node != STORE_NONE && !chain->next[node]; node = nodes[node].parent) {
        chain->next[node] = found;
        if (node == end)
            break;
    }
    return found == STORE_NONE ? STORE_NONE : found - 1;
}

/* Where the program's own functions are in a stack: record->calls, record->frame. */
static void read_calls(struct record *record, struct chain *chain, uint32_t node)
{
    const struct store_node *nodes = chain->store->nodes.items;
    size_t count = 0;
    while (count < 1 + FARTHEST && node != STORE_NONE &&
           (node = own_node(chain, node)) != STORE_NONE) {
        uint32_t location = nodes[node].location;
        if (own_at(chain, location) != OWN_JIT)
            break;
        uint64_t key = chain->keys[location];
        node = nodes[node].parent;
        if (count > 0 && record->calls[count - 1] == key)
            continue; /* recursion */
        if (count == 0)
            record->frame = frames_at(chain->frames, location).items[0];
        record->calls[count++] = key;
    }
}

static void read_stack(struct search *search, const struct site_table *table, struct chain *chain,
                       const struct store_stack *stack)
{
    uint64_t identity = frames_identity(chain->frames, stack);
    const size_t *at = map_find(&table->member_index, &identity, sizeof identity);
    if (!at || stack->node == STORE_NONE)
        return;
    struct record *record = &search->records[*at], seen = {0};
    read_calls(&seen, chain, stack->node);
    if (!seen.frame.function)
        return;
    if (!record->frame.function) {
        struct frames_walk walk = frames_leaf(chain->frames, stack);
        const struct frame *leaf = frames_caller(&walk);
        *record = seen;
        record->kind = stack->kind;
        record->leaf = leaf ? walk.list.identity : 0;
        record->mean = mean_size(&table->members.items[*at]);
    }
    record->is_plain |= !seen.frame.may_inline;
}

static int by_caller(const void *a, const void *b)
{
    const struct link *x = a, *y = b;
    return x->caller < y->caller ? -1 : x->caller > y->caller;
}

static void make_links(struct search *search, size_t count)
{
    for (size_t i = 0; i < count; i++)
        for (int depth = 0; depth <= FARTHEST && search->records[i].calls[depth]; depth++)
            VEC_ADD(&search->links, ((struct link){search->records[i].calls[depth], depth, i}));
    if (search->links.count > 0)
        qsort(search->links.items, search->links.count, sizeof *search->links.items, by_caller);
}

static bool are_alike(const struct record *a, const struct record *b)
{
    return a->kind == b->kind && a->leaf == b->leaf && a->mean > 0 && b->mean > 0 &&
           a->mean <= SIZE_FACTOR * b->mean && b->mean <= SIZE_FACTOR * a->mean;
}

static const struct frame *destination_of(const struct search *search, const struct record *record)
{
    return record->target ? &search->sites->frames.items[record->target - 1] : &record->frame;
}

static size_t first_link(const struct search *search, uint64_t caller)
{
    size_t low = 0, high = search->links.count;
    while (low < high) {
        size_t middle = (low + high) / 2;
        if (search->links.items[middle].caller < caller)
            low = middle + 1;
        else
            high = middle;
    }
    return low;
}

/* The one function that RECORD's site has such blocks from; NULL when there is none, or several. */
static const struct frame *find_owner(const struct search *search, const struct record *record)
{
    const struct frame *owner = NULL;
    for (size_t i = first_link(search, record->calls[0]);
         i < search->links.count && search->links.items[i].caller == record->calls[0]; i++) {
        const struct link *link = &search->links.items[i];
        const struct record *other = &search->records[link->record];
        if (other == record || !are_alike(record, other))
            continue;
        if (link->depth == 0 && other->is_plain)
            return NULL; /* it allocates itself */
        if (link->depth == 0)
            continue;
        const struct frame *target = destination_of(search, other);
        if (owner && key_of(owner) != key_of(target))
            return NULL;
        owner = target;
    }
    return owner && key_of(owner) != record->calls[0] ? owner : NULL;
}

static bool find_owners(struct search *search, const struct site_table *table)
{
    bool found = false, is_new;
    for (size_t i = 0; i < table->members.count; i++) {
        struct record *record = &search->records[i];
        if (!record->frame.function || record->is_plain || record->target)
            continue;
        const struct frame *owner = find_owner(search, record);
        if (!owner)
            continue;
        struct frame copy = *owner; /* the array may move */
        VEC_ADD(&search->sites->frames, copy);
        record->target = search->sites->frames.count;
        uint64_t identity = table->members.items[i].identity;
        *map_add(&search->sites->index, &identity, sizeof identity, &is_new) = record->target;
        found = true;
    }
    return found;
}

static void read_end(struct search *search, const struct site_table *table,
                     const struct wrappers_end *end)
{
    struct chain chain = chain_new(end);
    for (size_t i = 0; i < end->store->stacks.count; i++)
        read_stack(search, table, &chain, &end->store->stacks.items[i]);
    chain_done(&chain);
}

static bool has_jit_code(const struct store *store)
{
    for (size_t i = 0; i < store->locations.count; i++)
        if (store->locations.items[i].jit_name)
            return true;
    return false;
}

void inlined_jit_learn(struct site_table *table, const struct wrappers_end *first,
                       const struct wrappers_end *last, struct frames_sites *sites)
{
    if (first->store->facts.sample_bytes > 0 || last->store->facts.sample_bytes > 0)
        return; /* the interpreter's short time may have left no sample */
    if (!has_jit_code(last->store))
        return;
    struct search search = {
        .records = memory_zeroed(table->members.count + 1, sizeof *search.records), .sites = sites};
    bool found = false;
    read_end(&search, table, last);
    read_end(&search, table, first);
    make_links(&search, table->members.count);
    while (find_owners(&search, table)) /* each round folds one stack at least */
        found = true;
    free(search.records);
    VEC_DONE(&search.links);
    if (!found)
        return;
    site_table_clear(table);
    frames_set_sites(last->frames, sites);
    frames_set_sites(first->frames, sites);
    site_table_add(table, last->index, last->store, last->frames);
    site_table_add(table, first->index, first->store, first->frames);
}
