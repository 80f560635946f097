/* destination.h -- Where exports go: what a folder is, how it is made, names of the files in it.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#ifndef ANALYZER_EXPORT_DESTINATION_H
#define ANALYZER_EXPORT_DESTINATION_H

#include "base/error.h"
#include "base/text.h"
#include "store/store.h"

#include <stddef.h>

/* Whether TARGET ends with a slash or is a folder. */
bool destination_is_folder(const char *target);

/* Or could be one: nothing has that name, and it has no ending. */
bool destination_may_be_folder(const char *target);

/* Zero: nothing was made. */
struct destination_folder {
    char *path;
    size_t first; /* length of the shortest part of it that was not there */
};

/* Makes PATH and all missing folders above it. On failure ERROR is filled, FOLDER is empty, and
 * folders that were made are removed. */
bool destination_make(struct destination_folder *folder, const char *path, struct error *error);

/* Unless KEEP, removes the folders that were made and have stayed empty. */
void destination_done(struct destination_folder *folder, bool keep);

/* Appends the name of file NUMBER: TARGET itself, or in a folder "folder/02-after-load.ending",
 * since DevTools lists files by name. FACTS NULL: growth. */
void destination_name(const char *target, const char *ending, size_t number,
                      const struct store_facts *facts, struct text *name);

#endif
