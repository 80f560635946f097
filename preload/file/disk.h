/* disk.h -- How SQLite reaches the disk: why it could not, and never into a file of the program's.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#ifndef FILE_DISK_H
#define FILE_DISK_H

/* Once, after sqlite3_initialize: puts itself between SQLite and the system calls that it writes a
 * file with. */
void disk_init(void);

/* Before a file is opened: forgets the errors of the one before. */
void disk_begin(void);

/* The errno of the first write, or opening, that failed since; 0: none did. */
int disk_error(void);

#endif
