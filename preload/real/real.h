/* real.h -- The functions behind our hooks: whatever the program would have called without us.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#ifndef REAL_REAL_H
#define REAL_REAL_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

#include "tables/dynsym.h"

#define HOOK(result, name, parameters, arguments) result(*name) parameters;
struct real {
#include "real/hooks.def"
};

/* Each one may be called at any time and is never null. Until real_first_use has been called a
 * stand-in is there, which calls it and then goes on to the function itself. Where the process has
 * no such function the stand-in stays: it does nothing, and for a C++ operator it looks for a
 * libstdc++ that was loaded meanwhile, or does without. */
extern struct real real;

/* Looks up all of them: by the first hook or by the constructor, whichever comes first; any thread,
 * any number of times. Takes no lock, makes no system call and does not allocate. */
void real_first_use(void);

/* The function that real_first_use has found behind our library; its start is 0 when there was
 * none. */
enum real_number {
#define HOOK(result, name, parameters, arguments) REAL_##name,
#include "real/hooks.def"
    REAL_COUNT
};
extern struct dynsym_function real_found[REAL_COUNT];

/* The operators of a libstdc++ that has been unloaded are forgotten: after a dlclose. */
void real_check_unloaded(void);

#endif
