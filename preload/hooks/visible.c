/* visible.c -- Exports those of our hooks whose real functions exist in the process.
 *
 * A program may check (by a weak symbol, or dlsym) whether it runs on jemalloc, and choose its code
 * accordingly. So our mallocx must not be found where there is no other one. It is exported under a
 * version that no program asks for, which hides it while the loader binds. Where the real function
 * exists, the loader has bound all references to it, and we overwrite them (slots.c). Our entry in
 * the table of versions then becomes an ordinary one, for later lookups.
 *
 * The same holds for the operators new and delete of an allocator: neither they nor the references
 * to them have versions.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include "hooks/visible.h"

#include <link.h>

#include "hooks/hooks.h"
#include "real/slots.h"
#include "tables/dynsym.h"

extern ElfW(Dyn) _DYNAMIC[] __attribute__((visibility("hidden"))); /* of libheapdiff.so */
extern const ElfW(Ehdr) __ehdr_start __attribute__((visibility("hidden")));

/* From now on a look-up finds our body, whatever version it asks for. */
static void visible_show(const char *name)
{
    struct dynsym_function own;
    if (dynsym_find_hidden(_DYNAMIC, (uintptr_t)&__ehdr_start, name, &own) && own.version)
        slots_store_short((uintptr_t)own.version, VER_NDX_GLOBAL);
}

struct list {
    struct slots_change changes[REAL_COUNT];
    unsigned count;
};

static void visible_add(struct list *list, const char *name, enum real_number number,
                        uintptr_t body)
{
    if (!real_found[number].start)
        return;
    visible_show(name);
    list->changes[list->count++] = (struct slots_change){name, real_found[number].start, body};
}

void visible_begin(void)
{
    struct list list = {.count = 0};
#define HOOK(result, name, parameters, arguments)
#define HOOK_EXTRA(version, result, name, parameters, arguments)                                   \
    visible_add(&list, #name, REAL_##name, (uintptr_t)name);
#define HOOK_CXX(version, fallback, result, name, parameters, arguments)                           \
    if (!real_found[REAL_##name].versioned)                                                        \
        visible_add(&list, #name, REAL_##name, (uintptr_t)name);
#include "real/hooks.def"
    if (list.count)
        slots_patch_all(list.changes, list.count);
}
