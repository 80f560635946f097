/* heap_files.h -- The commands show and compare for V8's heap snapshots.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#ifndef ANALYZER_COMMANDS_HEAP_FILES_H
#define ANALYZER_COMMANDS_HEAP_FILES_H

#include "base/error.h"
#include "objects/objects.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct comparing;

/* Which of COUNT files are V8's heap snapshots. */
enum heap_files_kind { HEAP_FILES_NONE, HEAP_FILES_SOME, HEAP_FILES_ALL };
enum heap_files_kind heap_files_kind(const char *const *paths, size_t count);

/* heapdiff show FILE. TOP: types listed, 0: all, -1: not given. Returns the exit code. */
int heap_files_show(const char *path, const char *format, const char *colour, int64_t top,
                    struct error *error);

/* heapdiff compare FILE FILE …. Returns the exit code. */
int heap_files_compare(const char *const *paths, size_t count, const struct comparing *given,
                       struct error *error);

/* The objects of the heap snapshots that lie beside snapshots at PATHS, under the same names. NULL:
 * not all have one, or (with NOTE filled) one is damaged. */
struct objects *heap_files_beside(const char *const *paths, size_t count, int64_t top,
                                  struct error *note);

#endif
