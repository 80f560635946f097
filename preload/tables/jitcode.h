/* jitcode.h -- JIT code as its runtime announces it: a log in memory, in the order of time.
 *
 * V8 calls a handler for each piece of code that it makes or moves, before it runs the code
 * (runtime/node/code.c). Code space is used again, so a name needs a time: a stack keeps the length
 * of the log at the moment when it was first seen (jitmap.h). Pieces are never removed.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#ifndef TABLES_JITCODE_H
#define TABLES_JITCODE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define JITCODE_MOST      (1u << 21) /* pieces; later ones are counted only */
#define JITCODE_NAME_SIZE 4000       /* bytes of a name that are kept, with its end */

struct jitcode {
    uintptr_t start;
    uintptr_t from;   /* where it was before it moved; 0: it is new, and has a name */
    uint32_t size;    /* never 0 */
    const char *name; /* NULL: moved, or there was no room for it. Never freed */
};

/* The name need not end with a zero. From any thread; not in a signal handler, and not in malloc:
 * they take a lock. They keep errno. */
void jitcode_add(uintptr_t start, size_t size, const char *name, size_t length);
void jitcode_move(uintptr_t from, uintptr_t to, size_t size);

/* How many pieces have been announced; 0: no runtime announces them. Lock-free. */
uint32_t jitcode_count(void);

/* The piece with that number, from 0 up. False when it was not kept. */
bool jitcode_get(uint32_t number, struct jitcode *code);

/* Whether a piece that was not kept may have been at the address when the log had that length. */
bool jitcode_is_doubtful(uintptr_t address, uint32_t count);

/* Pieces that were not kept. */
uint32_t jitcode_dropped(void);

/* A runtime was asked to announce its code and cannot: its interface is unknown. */
void jitcode_refuse(void);
bool jitcode_is_refused(void);

/* While the process is copied. False: the lock cannot be had. */
bool jitcode_lock(void);
void jitcode_unlock(void);

#endif
