/* modules.h -- The shim's own list of loaded modules, used instead of the loader's.
 *
 * The loader's list is behind a lock that a thread in dlopen holds while it allocates; asking for
 * it from inside malloc is the classic deadlock. glibc (2.35 and later) has _dl_find_object, which
 * finds the module at an address without a lock. Modules are learned from it one by one, when an
 * address of theirs first occurs in a stack. The constructor reads the loader's list once, and a
 * snapshot finds the rest by the mappings of the process.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#ifndef TABLES_MODULES_H
#define TABLES_MODULES_H

#include <link.h> /* struct dl_phdr_info, ElfW */
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define MODULES_BUILD_ID_MAX 32

struct module {
    uintptr_t start, end;      /* mapped range, end exclusive */
    uintptr_t bias;            /* address in the process - address in the ELF file */
    const ElfW(Phdr) *headers; /* a copy: can be read when the module is gone */
    uint16_t header_count;
    uint8_t build_id_size; /* 0: the file has none */
    uint8_t build_id[MODULES_BUILD_ID_MAX];
    uint32_t born;         /* modules_generation() when it was learned */
    _Atomic uint32_t died; /* generation in which it was gone; 0 while it is loaded */
    const char *path;      /* a copy; "" for the program itself */
    const void *loader;    /* the loader's own record: to be compared, never looked into */
};

/* The module at the address, learned if it is new; NULL for JIT code and other memory without a
 * module. For addresses of code that is being run: its module cannot go meanwhile. Lock-free unless
 * it is new; keeps errno. */
const struct module *modules_find(uintptr_t address);

/* Enclose a look at an address that may not be running code (a guess), and at the contents of its
 * module. True: no module is unloaded until the end. False: one may be going now; then modules_find
 * learns nothing new, and a module is read through base/probe.h only. Lock-free, may nest. */
bool modules_begin_reading(void);
void modules_end_reading(void);

/* Whether the loader still has it in its place: libc unloads some of its own modules without a
 * dlclose that we see. Lock-free. */
bool modules_is_there(const struct module *module);

/* Enclose a dlclose: waits for readers, for a moment at most. The second one returns true when
 * results of look-ups in between must be forgotten. */
void modules_before_unload(void);
bool modules_after_unload(void);

/* The module at the address if it is known already. */
const struct module *modules_find_known(uintptr_t address);

/* Learns a module from a mapping of its first page in /proc/self/maps; nothing is trusted to stay,
 * for it may be unloaded at this very moment. NULL when it is no module, or gone. */
const struct module *modules_find_mapped(uintptr_t start, const char *path);

/* As dl_iterate_phdr, over the known modules that are loaded. libunwind's context begins with the
 * address it looks for, and that module is learned first. */
int modules_visit(int (*visit)(struct dl_phdr_info *, size_t, void *), void *context);

/* Reads the loader's whole list. Takes the loader's lock: constructor only. */
void modules_refresh(void);

/* Call after a dlclose: marks unloaded modules. Their addresses keep their meaning for the stacks
 * that were seen before. */
void modules_check_unloaded(void);

/* Raised whenever a module was unloaded: a stack's addresses refer to the modules of the generation
 * in which the stack was first seen. */
uint32_t modules_generation(void);

/* To be hashed into every stack: changes when a module is loaded where another one used to be. */
uint32_t modules_seed(void);

/* The module that was at the address in that generation, or NULL. */
const struct module *modules_find_in(uintptr_t address, uint32_t generation);

/* Known modules by index, in the order of their discovery; never freed. */
unsigned modules_count(void);

/* How often there was no room for a module: its code is unwound by guess, and has no names. */
unsigned modules_dropped(void);

/* For tests: as if there were room for so many. */
void modules_set_most(unsigned count);
const struct module *modules_get(unsigned index);

/* The shim's own text: [start, end). */
extern uintptr_t modules_own_start, modules_own_end;

/* Held over a fork, so that the child finds the table whole. False when the caller is a signal
 * handler that interrupted the lock's owner. */
bool modules_lock(void);
void modules_unlock(void);

/* False when the lock is held by the calling thread itself; see lock_settles. */
bool modules_settles(void);

#endif
