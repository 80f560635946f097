/* frames.h -- The frames of a stack in words: names from symbols, their class from rules.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#ifndef ANALYZER_FRAMES_FRAMES_H
#define ANALYZER_FRAMES_FRAMES_H

#include "base/map.h"
#include "frames/base_names.h"
#include "rules/rules.h"
#include "store/store.h"
#include "symbols/symbols.h"

#include <stdint.h>

/* Texts are borrowed from the store or from struct frames; they are untrusted, like their source.
 */
struct frame {
    const char *function; /* never NULL: `module+0xoffset` or `0xaddress` when unknown */
    const char *file;     /* NULL when unknown */
    const char *module;   /* path; NULL for JIT code and unknown memory */
    uint64_t address;     /* return address in the process */
    int line, column;     /* 0 when unknown */
    const char
        *built_file; /* when a source map led back to the above: the file that ran; else NULL */
    int built_line, built_column;
    enum frame_class class;
    enum frame_owner owner;
    const struct base_names *base_names; /* of all files, as far as they are known; may be NULL */
    const char *package; /* of a dependency: npm package, wheel, Java package, soname; else NULL */
    enum rules_heap managed_heap;
    enum rules_shared shared;
    bool is_inlined, is_jit, is_named;
    bool is_tail_call;   /* it ended in a jump to the frame below, and left no frame of its own */
    bool is_start;       /* only starts programs or threads */
    bool may_inline;     /* JIT code in which frames of inlined functions may be missing */
    bool is_set_wrapper; /* a wrapper by frames_set_wrappers, not by a rule */
};

/* The frames at one location: inlined ones first. */
struct frame_list {
    const struct frame *items;
    size_t count;
    uint64_t identity; /* the same in other snapshots, processes and tiers of compilation */
};

/* Names the locations of one snapshot as they are asked for. Borrows all three. */
struct frames;
struct frames *frames_new(const struct store *store, struct symbols *symbols,
                          const struct rules *rules);
void frames_free(struct frames *frames);

/* The program's own functions of these names count as wrappers from now on. Borrowed. */
void frames_set_wrappers(struct frames *frames, const struct map *wrappers);

/* Collects the files of all frames that are named from now on. Borrowed. */
void frames_set_base_names(struct frames *frames, struct base_names *names);

/* Sites that are known better than the frames of their stacks tell. Zero-initialise it. */
struct frames_sites {
    struct map index; /* frames_identity of a stack → index + 1 into … */
    VEC(struct frame) frames;
};
void frames_sites_done(struct frames_sites *sites);

/* They are asked first from now on. Borrowed. */
void frames_set_sites(struct frames *frames, const struct frames_sites *sites);

/* NULL when the stack's own frames tell. */
const struct frame *frames_known_site(struct frames *frames, const struct store_stack *stack);

/* From now on stacks are the same only when their addresses are: between snapshots of one process,
 * where code made at run time may have got another name at the same place. Before the first use. */
void frames_set_by_address(struct frames *frames);

/* Lives as long as FRAMES. */
struct frame_list frames_at(struct frames *frames, uint32_t location);

/* What the machine knows about native code now, and what was written into the file before; count 0
 * when that is nothing. Live as long as FRAMES and its symbols. */
struct symbol_list frames_look_up(struct frames *frames, uint32_t location);
struct symbol_list frames_stored(struct frames *frames, uint32_t location);

/* Where a module of the snapshot is to be looked for, at offset 0. */
struct symbol_place frames_module_place(const struct frames *frames, uint32_t module);

#define FRAMES_DEEPEST 2048 /* of a stack; what lies further out is not looked at */

/* Walks a stack, leaf first: start with frames_leaf, go on with frames_caller until it is done. */
struct frames_walk {
    struct frames *frames;
    uint32_t node;
    int depth;
    struct frame_list list;
    size_t next;
    uint32_t inner; /* location of the list; STORE_NONE before the leaf */
};
struct frames_walk frames_leaf(struct frames *frames, const struct store_stack *stack);
/* The next frame; NULL after the outermost. Those of heapdiff itself are passed over. */
const struct frame *frames_caller(struct frames_walk *walk);

/* A number for the whole stack that other snapshots share. */
uint64_t frames_identity(struct frames *frames, const struct store_stack *stack);

#endif
