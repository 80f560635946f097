/* symbols.h -- From a module and an address in it to functions, files and lines.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#ifndef ANALYZER_SYMBOLS_SYMBOLS_H
#define ANALYZER_SYMBOLS_SYMBOLS_H

#include <stdbool.h>
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
    int64_t time_ns;      /* without a build id, a file that changed later is not trusted;
                             0: no file is, as when it was mapped on another machine */
    uint64_t offset;      /* ELF address of the call, not of the instruction after it */
    uint64_t span;        /* without a build id: bytes from the lowest to the highest page mapped,
                             which must equal the file's; 0: not known */
    int64_t pid;          /* its file is looked for in this process's root too; 0: in none */
};

/* In the offset of a place: asks for the function that is called by the direct call instruction
 * before the offset (the return address itself). The answer has two items, the function and, as its
 * "function", the offsets of its start and its end; or none where the code does not say for
 * certain.
 */
#define SYMBOLS_CALLED ((uint64_t)1 << 62)

/* Where names come from, besides the module itself and /usr/lib/debug. */
struct symbol_sources {
    const char *debug_dirs; /* more folders like /usr/lib/debug, with ':' between; NULL: none */
    bool debuginfod;        /* ask debuginfod servers; also when DEBUGINFOD_URLS is set */
    bool no_cache;          /* neither read nor write the cache file */
};

/* Asks a reader in a process of its own, module by module, and remembers every answer, in memory
 * and in the cache file. Reports to stderr what users must know: a module that the reader died of,
 * a download. The texts of SOURCES are borrowed; NULL: no further sources, and a cache. */
struct symbols;
struct symbols *symbols_new(const struct symbol_sources *sources);
void symbols_free(struct symbols *symbols);

/* The answer lives as long as SYMBOLS. A module that is gone or was rebuilt gives count 0. */
struct symbol_list symbols_find(struct symbols *symbols, const struct symbol_place *place);

enum symbol_state {
    SYMBOLS_FOUND,      /* the file that was mapped, or its debug file, was found */
    SYMBOLS_GONE,       /* no such file, nor anything else with its build id */
    SYMBOLS_CHANGED,    /* there is a file, but another one, and nothing with its build id */
    SYMBOLS_UNREADABLE, /* there is a file that cannot be read, or the reader died of it */
};

/* The facts about a module. Texts live as long as SYMBOLS. */
struct symbol_module {
    enum symbol_state state;
    const char *file;       /* that names come from; NULL unless SYMBOLS_FOUND */
    const char *debug_file; /* separate debug information; NULL when there is none */
    bool has_debug_info;    /* functions with files and lines */
    bool has_table;         /* .symtab, or what .gnu_debugdata holds of it: all functions */
    bool lacks_split;       /* its .dwo files were missed in an answer: no inlined functions */
};

/* The offset of PLACE does not matter. Opens the module unless the cache knows it. */
struct symbol_module symbols_module(struct symbols *symbols, const struct symbol_place *place);

#endif
