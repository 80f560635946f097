/* place.h -- The place of a file to be written, and how to replace a file there without harm.
 *
 * A file that is replaced is replaced by rename, and rename replaces whatever has the name: as root
 * also /dev/null, for the whole machine. So a name that is no regular file is written to as it is
 * or refused.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#ifndef ANALYZER_BASE_PLACE_H
#define ANALYZER_BASE_PLACE_H

#include "base/error.h"
#include "base/text.h"

/* Finds out what PATH stands for. A symbolic link stays one: REAL becomes the name of the file that
 * it leads to, else PATH itself. IS_STREAM: a device, a pipe, a socket or a link to one, which must
 * be written to as it is. False with ERROR filled for a folder and for a link that leads nowhere.
 */
bool place_find(const char *path, struct text *real, bool *is_stream, struct error *error);

/* As place_find, for files that are written aside and renamed only: refuses streams. */
bool place_find_file(const char *path, struct text *real, struct error *error);

/* Adds the folder that PATH lies in: "." where it names none. */
void place_folder(const char *path, struct text *folder);

/* Gives the finished file PART its name, and syncs the folder. A file that has the name is
 * replaced; nothing else is, even if it came there after place_find. False with errno set; PART is
 * still there then. */
bool place_put(const char *part, const char *path);

#endif
