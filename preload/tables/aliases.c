/* aliases.c -- Code that the program has mapped from a file by itself, at an address it chose.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include "tables/aliases.h"

#include <errno.h>
#include <stdatomic.h>
#include <sys/stat.h>

static struct {
    atomic_bool is_whole;
    struct alias alias;
} table[ALIASES_MOST];
static atomic_uint count;

void aliases_note(uintptr_t start, size_t size, int fd, uint64_t offset)
{
    int saved = errno;
    struct stat status;
    if (atomic_load(&count) < ALIASES_MOST && fstat(fd, &status) == 0) {
        unsigned index = atomic_fetch_add(&count, 1);
        if (index < ALIASES_MOST) {
            table[index].alias =
                (struct alias){start, start + size, offset, status.st_dev, status.st_ino};
            atomic_store_explicit(&table[index].is_whole, true, memory_order_release);
        }
    }
    errno = saved;
}

bool aliases_find(uintptr_t address, struct alias *alias)
{
    unsigned used = atomic_load(&count);
    for (unsigned i = used < ALIASES_MOST ? used : ALIASES_MOST; i-- > 0;) {
        if (!atomic_load_explicit(&table[i].is_whole, memory_order_acquire) ||
            address < table[i].alias.start || address >= table[i].alias.end)
            continue;
        *alias = table[i].alias;
        return true;
    }
    return false;
}
