/* symbol_rows.h -- Writing names into a snapshot: its table symbol, anew.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#ifndef ANALYZER_STORE_SYMBOL_ROWS_H
#define ANALYZER_STORE_SYMBOL_ROWS_H

#include "base/error.h"

#include <stddef.h>
#include <stdint.h>

/* A row of table symbol; texts are borrowed. */
struct symbol_row {
    int64_t location; /* its id in the file */
    int depth;        /* 0: innermost */
    const char *function, *file;
    int line, column; /* 0 when unknown */
};

/* Copies the snapshot at PATH, replaces all rows of its table symbol by ROWS and puts the copy at
 * TARGET, which may be PATH. Readers see the old file or the new one. False with ERROR filled, and
 * TARGET as it was, when that fails. */
bool symbol_rows_write(const char *path, const char *target, const struct symbol_row *rows,
                       size_t count, struct error *error);

#endif
