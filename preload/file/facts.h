/* facts.h -- The small tables: the snapshot's own row, counters, options, epochs, allocator.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#ifndef FILE_FACTS_H
#define FILE_FACTS_H

#include <sqlite3.h>
#include <stddef.h>

#include "file/writer.h"
#include "tables/modules.h"

/* 0 or an SQLite error. */
int facts_write(sqlite3 *db, const struct cut *cut, const struct writer_facts *facts);

/* The module's file; the program itself has no name in the loader's list. */
void facts_module_path(const struct module *module, char *path, size_t size);

#endif
