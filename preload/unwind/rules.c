/* rules.c -- How to get from a frame to its caller: looking a rule up, and keeping it.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include "unwind/rules.h"

#include "tables/jvm.h"
#include "tables/modules.h"
#include "unwind/cfi.h"

struct rules_line rules_table[RULES_LINES];
_Atomic uint32_t rules_forgotten;

/* The address may be a guess, and its module about to go. */
static enum cfi_result find_row(uintptr_t pc, const struct module **module, struct cfi_row *row)
{
    bool is_safe = modules_begin_reading();
    *module = modules_find(pc - 1);
    is_safe = is_safe && *module && modules_is_there(*module);
    enum cfi_result result = *module ? cfi_find(*module, pc - 1, is_safe, row) : CFI_MISSING;
    modules_end_reading();
    return result;
}

static uint64_t look_up(uintptr_t pc)
{
    const struct module *module;
    struct cfi_row row;
    enum cfi_result result = find_row(pc, &module, &row);
    if (!module)
        return rule_make(jvm_interprets(pc) ? RULE_METHOD : RULE_GUESS, 16, 16);
    switch (result) {
    case CFI_MISSING:
        return rule_make(RULE_GUESS, 16, 16);
    case CFI_END:
        return rule_make(RULE_END, 0, 0);
    case CFI_COMPLEX:
        return rule_make(RULE_COMPLEX, 0, 0);
    case CFI_ROW:
        break;
    }
    if (row.cfa_offset >= RULE_MOST || row.saved_bp >= RULE_MOST)
        return rule_make(RULE_COMPLEX, 0, 0);
    return rule_make(row.from_bp ? RULE_BP : RULE_SP, row.cfa_offset, row.saved_bp);
}

/* Its own way if that is free, else any free one, else its own: one entry has to go. */
static void rules_keep(uintptr_t pc, uint64_t rule)
{
    struct rules_line *line = rules_line(pc);
    unsigned own = pc >> 4 & (RULES_WAYS - 1), way = own;
    for (unsigned i = 0; i < RULES_WAYS; i++) {
        way = (own + i) % RULES_WAYS;
        if (!atomic_load_explicit(&line->ways[way], memory_order_relaxed))
            break;
    }
    if (atomic_load_explicit(&line->ways[way], memory_order_relaxed))
        way = own;
    atomic_store_explicit(&line->ways[way], rule | rules_tag(pc) << RULE_BITS,
                          memory_order_relaxed);
}

__attribute__((noinline)) uint64_t rules_find_slow(uintptr_t pc)
{
    const struct rules_line *line = rules_line(pc);
    for (unsigned way = 0; way < RULES_WAYS; way++) {
        uint64_t word = atomic_load_explicit(&line->ways[way], memory_order_relaxed);
        if (word >> RULE_BITS == rules_tag(pc) && rule_kind(word) && pc >> 47 == 0)
            return word & RULE_MASK;
    }
    uint64_t rule = look_up(pc);
    if (pc >> 47 == 0)
        rules_keep(pc, rule);
    return rule;
}

void rules_forget(void)
{
    atomic_fetch_add(&rules_forgotten, 1);
    for (unsigned i = 0; i < RULES_LINES; i++)
        for (unsigned way = 0; way < RULES_WAYS; way++)
            if (atomic_load_explicit(&rules_table[i].ways[way], memory_order_relaxed))
                atomic_store_explicit(&rules_table[i].ways[way], 0, memory_order_relaxed);
}
