/* jitnames.h -- Names of JIT code: the one that an address had when its stack was first seen.
 *
 * First come all questions (addresses outside of modules). Then what the runtime has said is read
 * once, front to back, whatever its size. Then come the answers. There are three sources, and the
 * first that has a name holds: the log of announced code (tables/jitcode.h), the perf map, the
 * jitdump.
 *
 * Code space is used again, so several entries may cover an address. The valid one is the last that
 * was written before the stack was first seen: by the length of the log or the map at that moment
 * (tables/jitmap.h), or by the time in a jitdump. Without such an entry in a file it is the first
 * one written later, because some runtimes write their map late, and the JVM only on request.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#ifndef JIT_JITNAMES_H
#define JIT_JITNAMES_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "jit/builtins.h"
#include "kernel/process.h"
#include "tables/stacks.h"

/* Texts live as long as struct jitnames. */
struct jitname {
    const char *name; /* as the runtime wrote it; NULL: not known */
    const char *file; /* from a jitdump's line records, where the name itself has none; or NULL */
    uint32_t line;    /* 0: not known */
};

#define JITNAMES_NATIVE 256

struct jitnames {
    struct jitnames_question *questions; /* sorted when answered; private jemalloc */
    size_t count, room;
    struct jitnames_chunk *chunks; /* texts */
    struct builtins builtins;      /* code of modules that the map has names for */
    bool limits_hold;              /* the map has only grown so far */
    /* Frames of late that lie in modules: the same callers occur again and again. */
    struct jitnames_native {
        uintptr_t frame; /* 0: free */
        uint32_t generation;
    } native[JITNAMES_NATIVE];
};

/* Begins as {0}. Asks for all addresses of the stack that lie outside of modules. */
void jitnames_ask(struct jitnames *names, const struct stack *stack);

/* Reads the files of the process, found with the help of its mappings. PID is as it sees itself; it
 * may be a copy of it that asks. */
void jitnames_answer(struct jitnames *names, const struct process_maps *maps, int pid);

/* The same from the log and open files, -1 for none; the rest of jitnames_answer, for tests. */
void jitnames_read(struct jitnames *names, int map, int dump);

/* The answer for a return address of the stack; to be asked for after jitnames_answer. */
struct jitname jitnames_find(const struct jitnames *names, uintptr_t address,
                             const struct stack *stack);

void jitnames_done(struct jitnames *names);

#endif
