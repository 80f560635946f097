/* visible.c -- Shows the world those of our hooks whose real functions the process has.
 *
 * A program may ask (by a weak symbol, or dlsym) whether it runs on jemalloc, and choose its code
 * by the answer. So our mallocx must not be found where there is no other one. It is exported under
 * a version that nobody asks for, which hides it while the loader binds. Where the real one exists
 * it is the real one that everybody was given, and we write ours over it (slots.c); and our entry
 * in the table of versions becomes an ordinary one, for those who ask later.
 *
 * The same holds for operators new and delete of an allocator of its own: they have no versions,
 * and neither have the references of who was linked with it.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include "hooks/visible.h"

#include <link.h>

#include "hooks/hooks.h"
#include "hooks/slots.h"
#include "tables/elf.h"

extern ElfW(Dyn) _DYNAMIC[] __attribute__((visibility("hidden"))); /* of libheapdiff.so */
extern const ElfW(Ehdr) __ehdr_start __attribute__((visibility("hidden")));

/* From now on a look-up finds our body, whatever version it asks for. */
static void show(const char *name)
{
    struct elf_function own;
    if (elf_find_hidden(_DYNAMIC, (uintptr_t)&__ehdr_start, name, &own) && own.version)
        slots_store_short((uintptr_t)own.version, VER_NDX_GLOBAL);
}

static unsigned add(struct slots_change *changes, unsigned count, const char *name, uintptr_t body,
                    bool always)
{
    struct elf_function found;
    if (!real_find_next(name, &found) || (found.versioned && !always))
        return count;
    show(name);
    changes[count] = (struct slots_change){name, found.start, body};
    return count + 1;
}

void visible_begin(void)
{
    enum {
        MOST = 0
#define HOOK(result, name, parameters, arguments)
#define HOOK_EXTRA(version, result, name, parameters, arguments)         +1
#define HOOK_CXX(version, fallback, result, name, parameters, arguments) +1
#include "hooks/hooks.def"
    };
    struct slots_change changes[MOST];
    unsigned count = 0;
#define HOOK(result, name, parameters, arguments)
#define HOOK_EXTRA(version, result, name, parameters, arguments)                                   \
    count = add(changes, count, #name, (uintptr_t)name, true);
#define HOOK_CXX(version, fallback, result, name, parameters, arguments)                           \
    count = add(changes, count, #name, (uintptr_t)name, false);
#include "hooks/hooks.def"
    if (count)
        slots_patch_all(changes, count);
}
