/* symbols.h -- From a module and an address in it to functions, files and lines.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#ifndef ANALYZER_SYMBOLS_SYMBOLS_H
#define ANALYZER_SYMBOLS_SYMBOLS_H

#include <stddef.h>
#include <stdint.h>

/* A function that is active at an address. */
struct symbol {
    const char *function; /* demangled, without parameters; NULL when unknown */
    const char *file;     /* NULL when unknown */
    int line, column;     /* 0 when unknown */
};

/* All functions that are active at one address: inlined ones first, the real one last. */
struct symbol_list {
    const struct symbol *items;
    size_t count; /* 0: nothing is known for sure */
};

/* Where an address is: borrowed texts. */
struct symbol_place {
    const char *path;     /* of the module, as it was mapped */
    const char *build_id; /* hex; NULL when it has none */
    int64_t time_ns; /* when it was mapped: without a build id, a younger file is not trusted */
    uint64_t offset; /* ELF address of the call, not of the instruction after it */
};

/* Opens modules as they are asked for and remembers every answer. */
struct symbols;
struct symbols *symbols_new(void);
void symbols_free(struct symbols *symbols);

/* The answer lives as long as SYMBOLS. A module that is gone or was rebuilt gives count 0. */
struct symbol_list symbols_find(struct symbols *symbols, const struct symbol_place *place);

#endif
