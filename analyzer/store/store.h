/* store.h -- A snapshot in memory: its rows as arrays, ids turned into indexes and checked.
 *
 * Whatever a file holds, after store_open every index points into its array or is STORE_NONE, the
 * frames form a tree, and every number lies within ±2^53. Texts are as found in the file: pass
 * them through text_add_clean before they are shown.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#ifndef ANALYZER_STORE_STORE_H
#define ANALYZER_STORE_STORE_H

#include "base/error.h"
#include "base/memory.h"
#include "format/schema.h"

#include <stdint.h>

#define STORE_NONE  UINT32_MAX
#define STORE_LIMIT ((int64_t)1 << 53) /* what a JSON number holds exactly */

/* The row of table snapshot; times in nanoseconds. */
struct store_facts {
    int64_t number, time_ns, uptime_ns, duration_ns, epoch, pid, started_ns, threads, sample_bytes;
    int64_t live_bytes, live_blocks, rss_bytes, peak_rss_bytes;
    const char *label, *reason, *program, *executable, *command_line, *directory, *host;
};

struct store_module {
    const char *path;
    const char *build_id; /* NULL when it has none */
    uint64_t start;       /* its lowest mapped address */
    uint64_t span;        /* bytes from its lowest to its highest mapped address */
};

struct store_location {
    int64_t id;                        /* in the file */
    uint64_t address, offset;          /* offset: in the ELF file; 0 without a module */
    uint32_t module;                   /* STORE_NONE for JIT code */
    const char *jit_name;              /* NULL for native code */
    bool is_of_profile;                /* of js.c: known by its name alone, address made of that */
    size_t first_symbol, symbol_count; /* its rows in symbols */
};

/* A name that was found before (heapdiff symbolize), or, with a jit_name, its line. */
struct store_symbol {
    uint32_t location;
    const char *function, *file; /* file: NULL when unknown */
    int line, column;            /* 0 when unknown */
};

/* Figures about recording, such as dropped allocations. */
struct store_counter {
    const char *name, *meaning;
    int64_t value;
};

struct store_node {
    uint32_t parent, location;
};

struct store_stack {
    int64_t id;    /* in the file; stacks are ordered by it */
    uint32_t node; /* leaf; STORE_NONE when no frame was found */
    enum block_kind kind;
    bool is_truncated;      /* not all of its frames were found */
    uint32_t label, thread; /* STORE_NONE: has none, or not recorded */
    int64_t live_blocks, live_bytes, allocations, allocated_bytes;
    double live_variance;
    int64_t collected_blocks, collected_bytes; /* that a collection before the snapshot freed */
    int64_t code_bytes;                        /* of live_bytes: resident pages of JIT code */
    size_t first_age, age_count;               /* its rows in ages */
    size_t first_size, size_count;             /* its rows in sizes */
};

/* A recorded thread (HEAPDIFF_THREADS=1). Numbers are those of one process. */
struct store_thread {
    int64_t number;
    const char *name;
    bool has_ended;
};

struct store_age {
    uint32_t stack;
    int64_t epoch, live_blocks, live_bytes;
};

/* Blocks of 2^class bytes up to, not including, 2^(class+1); class 0 holds sizes 0 and 1. */
struct store_size {
    uint32_t stack;
    int64_t class, live_blocks, live_bytes;
};

struct store_epoch {
    int64_t number, uptime_ns; /* when it began */
};

struct store_region {
    uint32_t stack; /* STORE_NONE when unknown */
    int64_t resident_bytes;
};

/* A number of the allocator ("glibc", "arena") or of a managed runtime ("node", "heapUsed"). */
struct store_statistic {
    const char *owner, *name;
    double value;
};

/* A number between snapshots, as a statistic at its time. */
struct store_point {
    const char *owner, *name;
    int64_t uptime_ns;
    double value;
};

/* What glibc's arenas hold free: all of them together. */
struct store_arenas {
    int64_t count;                        /* of those with a live block */
    int64_t hole_bytes, top_resident;     /* between live blocks; behind the last ones, in memory */
    int64_t largest_class;                /* sizes of 2^class up to 2^(class+1) of which … */
    int64_t largest_holes, largest_bytes; /* … most bytes are holes */
};

/* Of JavaScript that a loader compiled in memory; JSON, as untrusted as all texts. */
struct store_source_map {
    const char *file, *map;
};

struct store {
    const char *path;
    struct store_facts facts;
    VEC(struct store_module) modules;
    VEC(struct store_location) locations;
    VEC(struct store_symbol) symbols; /* by location, inlined ones first */
    VEC(struct store_counter) counters;
    VEC(struct store_node) nodes;
    bool has_borrowed_nodes; /* see store_open_between */
    bool has_js;             /* its stacks of KIND_JS are known, be there some or none */
    VEC(struct store_stack) stacks;
    bool has_tags; /* the heapdiff that wrote it knew of labels and threads */
    VEC(const char *) labels;
    VEC(struct store_thread) threads;
    VEC(struct store_age) ages;       /* by stack */
    VEC(struct store_size) sizes;     /* by stack */
    VEC(struct store_epoch) epochs;   /* by number */
    VEC(struct store_region) regions; /* of owner 'mmap' only */
    struct store_arenas arenas;       /* all 0 when nothing is known */
    VEC(struct store_source_map) source_maps;
    VEC(struct store_statistic) allocator;
    VEC(struct store_statistic) runtime;
    VEC(struct store_point) timeline; /* by series, then time; not of those between */
    int64_t rss[OWNER_COUNT];
    struct pool *texts;
    struct store **united; /* what it was made of, by unite.c; NULL: of a file */
    size_t united_count;
};

/* Opens a snapshot and loads it; NULL with ERROR filled when it cannot be used. */
struct store *store_open(const char *path, struct error *error);
void store_close(struct store *store);

/* Whether both are of one process from its start to its end: ages and counters can be compared. A
 * is the earlier one. */
bool store_is_same_process(const struct store *a, const struct store *b);

/* Opens a snapshot of a series, without ages, sizes and pages of code; its pages are checked by
 * reading them only. A process numbers each stack once: when LAST is a later snapshot of the same
 * one, frames are not read again, and the stacks' nodes are those of LAST (has_borrowed_nodes). */
struct store *store_open_between(const char *path, const struct store *last, struct error *error);

/* What it is made of: true when STORE, opened without frames, is an earlier snapshot of the process
 * of LAST and every stack of it is known there. See borrow.c. */
bool store_borrow_nodes(struct store *store, const struct store *last);

/* Opens a snapshot for its facts alone: all arrays but epochs stay empty. */
struct store *store_open_facts(const char *path, struct error *error);

/* Gives all arrays but epochs, counters and statistics back, and their texts; facts and sums stay.
 */
void store_trim(struct store *store);

/* The index of the stack with this id, STORE_NONE when it is not there. */
uint32_t store_find_stack(const struct store *store, int64_t id);

/* The value of a counter, -1 when it is not there. */
int64_t store_counter(const struct store *store, const char *name);

/* The value of a statistic in `allocator` or `runtime` (VECs); FALLBACK when it is not there. */
#define STORE_STATISTIC(vec, owner, name, fallback)                                                \
    store_statistic((vec)->items, (vec)->count, owner, name, fallback)
double store_statistic(const struct store_statistic *items, size_t count, const char *owner,
                       const char *name, double fallback);

/* a + b, limited to half the range of int64_t, so that sums and differences of untrusted numbers
 * never overflow. */
int64_t store_sum(int64_t a, int64_t b);

#endif
