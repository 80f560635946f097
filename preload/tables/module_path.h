/* module_path.h -- The absolute path of a module that the loader knows by a relative one.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#ifndef TABLES_MODULE_PATH_H
#define TABLES_MODULE_PATH_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* Of the file whose first page is mapped at start; end is where this mapping ends. The kernel knows
 * its path, also if the process has changed its directory since. If the kernel does not tell, the
 * path is joined to the directory, provided that such a file exists. False: unknown. Makes system
 * calls; keeps errno. */
bool module_path_find(uintptr_t start, uintptr_t end, const char *path, char *absolute,
                      size_t size);

/* Whether the loader's name of a module is a path that depends on the directory. */
bool module_path_is_relative(const char *path);

#endif
