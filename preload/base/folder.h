/* folder.h -- The entries of a folder, read without malloc.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#ifndef BASE_FOLDER_H
#define BASE_FOLDER_H

/* Calls visit for every entry of the folder at path, with the folder's descriptor for the *at
 * functions. Entries may be removed by visit. Does nothing when it cannot be read; looks at some
 * ten thousands of entries at most. */
void folder_each(const char *path, void (*visit)(int folder, const char *name));

#endif
