/* reader.h -- The process that reads modules: it may die of one, the command does not.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#ifndef ANALYZER_SYMBOLS_READER_H
#define ANALYZER_SYMBOLS_READER_H

#include "base/text.h"
#include "symbols/reader_child.h"
#include "symbols/symbols.h"

/* Starts a process that runs CHILD_MAIN. NULL when that cannot be. */
struct reader;
struct reader *reader_new(reader_child_main *child_main, const struct symbol_sources *sources);
void reader_free(struct reader *reader);

/* How many seconds of processor time an answer may take (60). */
void reader_limit(struct reader *reader, int seconds);

/* The cause of its death, in words. */
const char *reader_fate(const struct reader *reader);

/* The facts about a module; borrows from the reply. */
struct reader_module {
    struct symbol_module facts;
    const char *looked_at; /* LOOKED_AT_LENGTH bytes; see elf.h */
    size_t looked_at_length;
};

/* Opens a module, which *NUMBER names from then on. False when the process died: it can only be
 * freed then. */
bool reader_open(struct reader *reader, const struct symbol_place *place, uint32_t *number,
                 struct text *reply, struct reader_module *module);

/* The functions at OFFSET of a module as bytes (answer.h) in REPLY; *IS_PARTIAL as in elf.h. False
 * when the process died. */
bool reader_find(struct reader *reader, uint32_t number, uint64_t offset, struct text *reply,
                 bool *is_partial);

#endif
