/* rules.c -- How to get from a frame to its caller: looking a rule up, and keeping it.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include "unwind/rules.h"

#include "tables/modules.h"
#include "unwind/cfi.h"

_Atomic uint64_t rules_table[RULES_COUNT];

static uint64_t look_up(uintptr_t pc)
{
    const struct module *module = modules_find(pc - 1);
    struct cfi_row row;
    if (!module)
        return rule_make(RULE_GUESS, 16, 16);
    switch (cfi_find(module, pc - 1, &row)) {
    case CFI_MISSING:
        return rule_make(RULE_GUESS, 16, 16);
    case CFI_END:
        return rule_make(RULE_END, 0, 0);
    case CFI_COMPLEX:
        return rule_make(RULE_COMPLEX, 0, 0);
    case CFI_ROW:
        break;
    }
    return rule_make(row.from_bp ? RULE_BP : RULE_SP, row.cfa_offset, row.saved_bp);
}

__attribute__((noinline, cold)) uint64_t rules_find_slow(uintptr_t pc)
{
    uint64_t rule = look_up(pc);
    uint64_t scattered = rules_scatter(pc);
    if (pc >> 47 == 0)
        atomic_store_explicit(&rules_table[scattered >> 31],
                              rule | (scattered & 0x7fffffff) << RULE_BITS, memory_order_relaxed);
    return rule;
}

void rules_forget(void)
{
    for (unsigned i = 0; i < RULES_COUNT; i++)
        if (atomic_load_explicit(&rules_table[i], memory_order_relaxed))
            atomic_store_explicit(&rules_table[i], 0, memory_order_relaxed);
}
