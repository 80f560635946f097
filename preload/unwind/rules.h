/* rules.h -- How to get from a frame to its caller, by return address; a cache of rules.
 *
 * A rule in one word, so that a reader needs no lock:
 *   bits 0…2 kind, 3…16 CFA offset / 8, 17…31 distance of the saved rbp below the CFA / 8
 *   (0: rbp is unchanged), 32…63 tag: the part of the address that the place
 *   does not determine.
 *
 * A cache line holds rules of 128 bytes of code (and of code a multiple of 4 MiB away), so that
 * the rules of a function that runs lie together as its code does.
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
    RULE_METHOD,  /* as RULE_GUESS; the frame is the JVM's interpreter's and has its method */
    RULE_COMPLEX, /* signal frames, expressions: only libunwind knows */
};

#define RULE_BITS   32
#define RULE_MASK   (((uint64_t)1 << RULE_BITS) - 1)
#define RULE_MOST   ((uintptr_t)8 << 14) /* offsets are below this */
#define RULES_WAYS  8
#define RULES_BITS  15
#define RULES_LINES (1u << RULES_BITS)

struct rules_line {
    _Alignas(64) _Atomic uint64_t ways[RULES_WAYS];
};
extern struct rules_line rules_table[RULES_LINES];

static inline enum rule_kind rule_kind(uint64_t rule)
{
    return (enum rule_kind)(rule & 7);
}

static inline uintptr_t rule_cfa(uint64_t rule)
{
    return (rule >> 3 & 0x3fff) * 8;
}

static inline uintptr_t rule_saved_bp(uint64_t rule)
{
    return (rule >> 17 & 0x7fff) * 8;
}

static inline uint64_t rule_make(enum rule_kind kind, uintptr_t cfa, uintptr_t saved_bp)
{
    return (uint64_t)kind | (uint64_t)(cfa / 8) << 3 | (uint64_t)(saved_bp / 8) << 17;
}

/* The rule for the frame that the return address leads to, when it is not in its first place. */
uint64_t rules_find_slow(uintptr_t pc);

/* Together with the line, bits 7 to 21, this is the address. */
static inline uint64_t rules_tag(uintptr_t pc)
{
    return (pc >> 22 << 7 | (pc & 127)) & 0xffffffff;
}

static inline struct rules_line *rules_line(uintptr_t pc)
{
    return &rules_table[pc >> 7 & (RULES_LINES - 1)];
}

/* The rule for the frame that the return address leads to; never RULE_NONE. */
static inline uint64_t rules_find(uintptr_t pc)
{
    const struct rules_line *line = rules_line(pc);
    uint64_t word =
        atomic_load_explicit(&line->ways[pc >> 4 & (RULES_WAYS - 1)], memory_order_relaxed);
    if (__builtin_expect(word >> RULE_BITS == rules_tag(pc) && rule_kind(word), 1))
        return word & RULE_MASK;
    return rules_find_slow(pc);
}

/* Empties the cache. */
void rules_forget(void);

/* How often the cache was emptied. */
extern _Atomic uint32_t rules_forgotten;
static inline uint32_t rules_changes(void)
{
    return atomic_load_explicit(&rules_forgotten, memory_order_relaxed);
}

#endif
