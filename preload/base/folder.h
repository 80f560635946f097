/* folder.h -- The entries of a folder, read without malloc.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#ifndef BASE_FOLDER_H
#define BASE_FOLDER_H

#include <stdbool.h>

/* Calls visit for every entry of the folder at path until it returns false. It gets the folder's
 * descriptor, for the *at functions, and may remove entries. A folder that cannot be read has none;
 * of a large one some ten thousand entries are visited. */
void folder_each(const char *path, bool (*visit)(int folder, const char *name, void *context),
                 void *context);

#endif
