/* kind.h -- Which managed runtime this process is, and the error text when it cannot collect.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#ifndef RUNTIME_KIND_H
#define RUNTIME_KIND_H

#include "tables/dynsym.h"

/* Checks the loaded modules, once. At the start of the program: its own libraries are never
 * unloaded, but a later search may meet a module that is being unloaded. */
void kind_look(void);

bool kind_is_python(void);

/* Whether the helper thread is needed from the start, and does no harm. */
bool kind_wants_helper(void);

/* Asks those members that have no thread of ours. Control process. */
void kind_ask_all(void);

/* Whether the member that was asked so cannot answer soon, because nothing runs in it. */
bool kind_sleeps(void);

/* Makes members of the runtimes that need no companion (Python). Control process. */
void kind_join_all(void);

/* In a forked child: forgets those members. */
void kind_forked(void);

/* Why there is no member that can collect: ENOPKG when the companion is missing, else ENOTSUP;
 * *text says it in the terms of this process's runtime. */
int kind_refusal(const char **text);

/* Why the main member did not answer. */
const char *kind_silence(void);

/* A function that a loaded module exports; NULL when none does. Takes no lock of the loader's. From
 * kind_look only. */
void *kind_find_function(const char *name);

#endif
