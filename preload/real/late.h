/* late.h -- Finds a C++ operator in a libstdc++ that was loaded when the program was running.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#ifndef REAL_LATE_H
#define REAL_LATE_H

#include <stdbool.h>
#include <stdint.h>

/* The address of a function that a library of C++ exports; 0: none was found. For application
 * threads: takes no lock, asks nothing of the loader, keeps errno. The caller depends on the
 * library and so keeps it loaded, but others may come and go meanwhile. */
uintptr_t late_find(const char *name);

/* Is the address in a module that is loaded? */
bool late_is_here(uintptr_t address);

#endif
