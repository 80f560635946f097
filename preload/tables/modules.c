/* modules.c -- The shim's own list of loaded modules, so that nobody has to ask the loader.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include "tables/modules.h"

#include <dlfcn.h> /* _dl_find_object */
#include <errno.h>
#include <stdatomic.h>
#include <string.h>

#include "base/lock.h"
#include "base/memory.h"

#define MODULES_MAX 8192
#define ROOM_SIZE   (256u << 10)

static _Atomic(struct module *) table[MODULES_MAX];
static atomic_uint used;
static atomic_uint generation = 1;
static atomic_uint seed;
static struct lock lock; /* writers only; held for a copy of a few hundred bytes */
static char *room;       /* for records and paths, under the lock; never freed */
static size_t room_left;

uintptr_t modules_own_start, modules_own_end;

#if defined(DLFO_STRUCT_HAS_EH_DBASE)
/* Weak: on an older glibc than it was built with, the loader's list has to do. */
extern int _dl_find_object(void *address, struct dl_find_object *result) __attribute__((weak));
#endif

uint32_t modules_generation(void)
{
    return atomic_load_explicit(&generation, memory_order_relaxed);
}

uint32_t modules_seed(void)
{
    return atomic_load_explicit(&seed, memory_order_relaxed);
}

unsigned modules_count(void)
{
    return atomic_load_explicit(&used, memory_order_acquire);
}

const struct module *modules_get(unsigned index)
{
    return atomic_load_explicit(&table[index], memory_order_acquire);
}

static bool is_loaded(const struct module *module)
{
    return atomic_load_explicit(&module->died, memory_order_relaxed) == 0;
}

static const struct module *find_known(uintptr_t address)
{
    for (unsigned i = modules_count(); i-- > 0;) {
        const struct module *module = modules_get(i);
        if (address >= module->start && address < module->end && is_loaded(module))
            return module;
    }
    return NULL;
}

/* The build-id note of a loaded module, copied into it. */
static void read_build_id(struct module *module)
{
    for (unsigned i = 0; i < module->header_count; i++) {
        const ElfW(Phdr) *header = &module->headers[i];
        if (header->p_type != PT_NOTE)
            continue;
        const char *at = (const char *)(module->bias + header->p_vaddr);
        const char *end = at + header->p_memsz;
        while (at + sizeof(ElfW(Nhdr)) <= end) {
            const ElfW(Nhdr) *note = (const void *)at;
            const char *name = at + sizeof *note;
            const char *value = name + ((note->n_namesz + 3) & ~3u);
            at = value + ((note->n_descsz + 3) & ~3u);
            if (at > end || note->n_type != NT_GNU_BUILD_ID || note->n_namesz != 4 ||
                memcmp(name, "GNU", 4) != 0 || note->n_descsz > MODULES_BUILD_ID_MAX)
                continue;
            module->build_id_size = (uint8_t)note->n_descsz;
            memcpy(module->build_id, value, note->n_descsz);
            return;
        }
    }
}

static void set_range(struct module *module)
{
    module->start = UINTPTR_MAX;
    module->end = 0;
    for (unsigned i = 0; i < module->header_count; i++) {
        const ElfW(Phdr) *header = &module->headers[i];
        if (header->p_type != PT_LOAD)
            continue;
        uintptr_t from = module->bias + (header->p_vaddr & ~(uintptr_t)4095);
        uintptr_t to =
            module->bias + ((header->p_vaddr + header->p_memsz + 4095) & ~(uintptr_t)4095);
        module->start = from < module->start ? from : module->start;
        module->end = to > module->end ? to : module->end;
    }
}

/* Room for a record; under the lock. */
static void *take_room(size_t size)
{
    size = (size + 15) & ~(size_t)15;
    if (room_left < size) {
        room = memory_map(ROOM_SIZE);
        room_left = room ? ROOM_SIZE : 0;
    }
    if (room_left < size)
        return NULL;
    void *piece = room;
    room += size;
    room_left -= size;
    return piece;
}

static bool is_same(const struct module *a, const struct module *b, const char *b_path)
{
    return a->start == b->start && a->end == b->end && a->build_id_size == b->build_id_size &&
           memcmp(a->build_id, b->build_id, a->build_id_size) == 0 && strcmp(a->path, b_path) == 0;
}

/* Has something been unloaded where the fresh module lies? The same module at the same place comes
 * back to life; another one gives the addresses a new meaning, so stacks through them must become
 * new stacks. Under the lock. */
static const struct module *look_at_dead(const struct module *fresh, const char *path)
{
    for (unsigned i = modules_count(); i-- > 0;) {
        struct module *dead = atomic_load_explicit(&table[i], memory_order_relaxed);
        if (dead->end <= fresh->start || dead->start >= fresh->end || is_loaded(dead))
            continue;
        if (is_same(dead, fresh, path)) {
            dead->headers = fresh->headers;
            atomic_store(&dead->died, 0);
            return dead;
        }
        atomic_fetch_add(&seed, 1);
        return NULL;
    }
    return NULL;
}

static const struct module *add(uintptr_t bias, const ElfW(Phdr) * headers, unsigned header_count,
                                const char *path)
{
    struct module fresh = {
        .bias = bias, .headers = headers, .header_count = (uint16_t)header_count};
    set_range(&fresh);
    if (fresh.start >= fresh.end)
        return NULL;
    read_build_id(&fresh);
    fresh.born = modules_generation();

    lock_take(&lock);
    const struct module *known = find_known(fresh.start);
    if (!known)
        known = look_at_dead(&fresh, path);
    unsigned index = atomic_load_explicit(&used, memory_order_relaxed);
    size_t length = strnlen(path, 4095);
    struct module *module =
        known || index == MODULES_MAX ? NULL : take_room(sizeof *module + length + 1);
    if (module) {
        char *copy = (char *)(module + 1);
        memcpy(copy, path, length);
        fresh.path = copy;
        memcpy(module, &fresh, sizeof fresh);
        atomic_store_explicit(&table[index], module, memory_order_release);
        atomic_store_explicit(&used, index + 1, memory_order_release);
        known = module;
    }
    lock_give(&lock);
    return known;
}

static __attribute__((noinline, cold)) const struct module *learn_slow(uintptr_t address)
{
#if defined(DLFO_STRUCT_HAS_EH_DBASE)
    struct dl_find_object found;
    if (!_dl_find_object || _dl_find_object((void *)address, &found) != 0)
        return NULL;
    /* The ELF header is mapped where the module begins. */
    const ElfW(Ehdr) *elf = found.dlfo_map_start;
    if (memcmp(elf->e_ident, ELFMAG, SELFMAG) != 0)
        return NULL;
    return add(found.dlfo_link_map->l_addr,
               (const void *)((uintptr_t)found.dlfo_map_start + elf->e_phoff), elf->e_phnum,
               found.dlfo_link_map->l_name ? found.dlfo_link_map->l_name : "");
#else
    (void)address;
    return NULL;
#endif
}

const struct module *modules_find(uintptr_t address)
{
    const struct module *module = find_known(address);
    return module ? module : learn_slow(address);
}

const struct module *modules_find_in(uintptr_t address, uint32_t when)
{
    for (unsigned i = modules_count(); i-- > 0;) {
        const struct module *module = modules_get(i);
        uint32_t died = atomic_load_explicit(&module->died, memory_order_relaxed);
        if (address >= module->start && address < module->end && (!died || when < died) &&
            when + 1 > module->born)
            return module;
    }
    return NULL;
}

int modules_visit(int (*visit)(struct dl_phdr_info *, size_t, void *), void *context)
{
    modules_find(*(const uintptr_t *)context);
    for (unsigned i = modules_count(); i-- > 0;) {
        const struct module *module = modules_get(i);
        if (!is_loaded(module))
            continue;
        struct dl_phdr_info info = {.dlpi_addr = module->bias,
                                    .dlpi_name = module->path,
                                    .dlpi_phdr = module->headers,
                                    .dlpi_phnum = module->header_count,
                                    .dlpi_adds = modules_count(),
                                    .dlpi_subs = modules_generation()};
        int result = visit(&info, sizeof info, context);
        if (result)
            return result;
    }
    return 0;
}

static int refresh_one(struct dl_phdr_info *info, size_t size, void *context)
{
    (void)size, (void)context;
    struct module module = {
        .bias = info->dlpi_addr, .headers = info->dlpi_phdr, .header_count = info->dlpi_phnum};
    set_range(&module);
    if (module.start < module.end && !find_known(module.start))
        add(info->dlpi_addr, info->dlpi_phdr, info->dlpi_phnum, info->dlpi_name);
    return 0;
}

void modules_refresh(void)
{
    modules_check_unloaded();
    dl_iterate_phdr(refresh_one, NULL);
    const struct module *own = find_known((uintptr_t)modules_refresh);
    if (own) {
        modules_own_start = own->start;
        modules_own_end = own->end;
    }
}

void modules_check_unloaded(void)
{
#if defined(DLFO_STRUCT_HAS_EH_DBASE)
    int saved = errno;
    for (unsigned i = modules_count(); _dl_find_object && i-- > 0;) {
        struct module *module = atomic_load_explicit(&table[i], memory_order_acquire);
        struct dl_find_object found;
        if (!is_loaded(module))
            continue;
        /* Another module at the same place has other headers or begins elsewhere; the same file
         * loaded again at the same place means the same. */
        if (_dl_find_object((void *)module->start, &found) == 0 &&
            found.dlfo_link_map->l_addr == module->bias &&
            (uintptr_t)found.dlfo_map_start == module->start &&
            strcmp(found.dlfo_link_map->l_name ? found.dlfo_link_map->l_name : "", module->path) ==
                0)
            continue;
        uint32_t now = atomic_fetch_add(&generation, 1) + 1;
        atomic_store(&module->died, now);
    }
    errno = saved;
#endif
}
