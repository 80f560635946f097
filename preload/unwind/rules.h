/* rules.h -- How to get from a frame to its caller, by return address; a cache of rules.
 *
 * A rule in one word, so that a reader needs no lock:
 *   bits 0…2 kind, 3…17 CFA offset / 8, 18…32 distance of the saved rbp below the CFA / 8
 *   (0: rbp is unchanged), 33…63 tag: what of the address is not in the place.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#ifndef UNWIND_RULES_H
#define UNWIND_RULES_H

#include <stdatomic.h>
#include <stdint.h>

enum rule_kind {
    RULE_NONE,
    RULE_SP,      /* CFA = rsp + offset */
    RULE_BP,      /* CFA = rbp + offset */
    RULE_GUESS,   /* no unwind tables (JIT code): as RULE_BP with 16 and 16 */
    RULE_END,     /* the outermost frame */
    RULE_COMPLEX, /* signal frames, expressions: only libunwind knows */
};

#define RULE_BITS   33
#define RULE_MASK   (((uint64_t)1 << RULE_BITS) - 1)
#define RULES_BITS  16 /* places; the product below has 47 bits: place and tag */
#define RULES_COUNT (1u << RULES_BITS)

extern _Atomic uint64_t rules_table[RULES_COUNT];

static inline enum rule_kind rule_kind(uint64_t rule)
{
    return (enum rule_kind)(rule & 7);
}

static inline uintptr_t rule_cfa(uint64_t rule)
{
    return (rule >> 3 & 0x7fff) * 8;
}

static inline uintptr_t rule_saved_bp(uint64_t rule)
{
    return (rule >> 18 & 0x7fff) * 8;
}

static inline uint64_t rule_make(enum rule_kind kind, uintptr_t cfa, uintptr_t saved_bp)
{
    return (uint64_t)kind | (uint64_t)(cfa / 8) << 3 | (uint64_t)(saved_bp / 8) << 18;
}

/* Looks the rule up in the module's tables and keeps it. */
uint64_t rules_find_slow(uintptr_t pc);

/* Multiplication by an odd number is a bijection of the 47-bit addresses, so place and tag
 * together are the address. */
static inline uint64_t rules_scatter(uintptr_t pc)
{
    return (pc * 0x5bd1e9955bd1e995ull) & (((uint64_t)1 << 47) - 1);
}

/* The rule for the frame that the return address leads to; never RULE_NONE. */
static inline uint64_t rules_find(uintptr_t pc)
{
    uint64_t scattered = rules_scatter(pc);
    uint64_t word = atomic_load_explicit(&rules_table[scattered >> 31], memory_order_relaxed);
    if (__builtin_expect(word >> RULE_BITS == (scattered & 0x7fffffff) && rule_kind(word), 1))
        return word & RULE_MASK;
    return rules_find_slow(pc);
}

/* Empties the cache. */
void rules_forget(void);

#endif
