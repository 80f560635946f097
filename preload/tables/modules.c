/* modules.c -- The shim's own list of loaded modules, used instead of the loader's.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include "tables/modules.h"

#include <dlfcn.h> /* _dl_find_object */
#include <errno.h>
#include <sched.h>
#include <stdatomic.h>
#include <string.h>

#include "base/lock.h"
#include "base/memory.h"
#include "base/probe.h"
#include "tables/buffers.h"
#include "tables/module_path.h"

#define MODULES_MAX 32768
#define ROOM_SIZE   (256u << 10)

static _Atomic(struct module *) table[MODULES_MAX];
static atomic_uint used;
static atomic_uint generation = 1;
static atomic_uint seed;
static atomic_uint dropped;
static unsigned most = MODULES_MAX;
static struct lock lock; /* writers only; held for a copy of a few hundred bytes, and the question
                          * for a path */
static char absolute[4096]; /* path of the module that is being added, under the lock */
static char *room;          /* for records and paths, under the lock; never freed */
static size_t room_left;

uintptr_t modules_own_start, modules_own_end;

#if defined(DLFO_STRUCT_HAS_EH_DBASE)
/* Weak: an older glibc than it was built with has only its list, which the constructor reads. */
extern int _dl_find_object(void *address, struct dl_find_object *result) __attribute__((weak));
#else
struct dl_find_object {
    void *dlfo_map_start;
    struct link_map *dlfo_link_map;
};
#endif

uint32_t modules_generation(void)
{
    return atomic_load_explicit(&generation, memory_order_relaxed);
}

uint32_t modules_seed(void)
{
    return atomic_load_explicit(&seed, memory_order_relaxed);
}

void modules_set_most(unsigned count)
{
    most = count;
}

unsigned modules_dropped(void)
{
    return atomic_load_explicit(&dropped, memory_order_relaxed);
}

/* ---- while something is unloaded --------------------------------------------------------------
 *
 * A reader announces itself and then checks for an unloading; the unloading thread announces that
 * and then checks for readers: one of the two sees the other. */

static atomic_uint reading;   /* readers now */
static atomic_uint left;      /* readers that a signal handler has left for ever */
static atomic_uint unloading; /* calls of dlclose now */
static atomic_bool refused;   /* another thread could not read, or not learn, meanwhile */

#define MOST_WAITS 1000

bool modules_begin_reading(void)
{
    atomic_fetch_add(&reading, 1);
    bool is_safe = atomic_load(&unloading) == 0;
    if (!is_safe)
        atomic_store(&refused, true);
    return is_safe;
}

void modules_end_reading(void)
{
    atomic_fetch_sub_explicit(&reading, 1, memory_order_release);
}

/* Readers are in the middle of some hundred instructions, or have been left; not waited for twice.
 */
void modules_before_unload(void)
{
    unsigned waits = 0, readers;
    atomic_fetch_add(&unloading, 1);
    while ((readers = atomic_load(&reading)) > atomic_load(&left) && waits++ < MOST_WAITS)
        sched_yield();
    if (readers > atomic_load(&left))
        atomic_store(&left, readers);
}

bool modules_after_unload(void)
{
    atomic_fetch_sub(&unloading, 1);
    return atomic_exchange(&refused, false);
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

const struct module *modules_find_known(uintptr_t address)
{
    for (unsigned i = modules_count(); i-- > 0;) {
        const struct module *module = modules_get(i);
        if (address >= module->start && address < module->end && is_loaded(module))
            return module;
    }
    return NULL;
}

/* The build-id among the notes in a buffer. */
static void find_build_id(struct module *module, const char *at, const char *end)
{
    while (at + sizeof(ElfW(Nhdr)) <= end) {
        ElfW(Nhdr) note;
        memcpy(&note, at, sizeof note);
        const char *name = at + sizeof note;
        if (note.n_namesz > (size_t)(end - at) || note.n_descsz > (size_t)(end - at))
            return;
        const char *value = name + ((note.n_namesz + 3) & ~3u);
        at = value + ((note.n_descsz + 3) & ~3u);
        if (at > end || note.n_type != NT_GNU_BUILD_ID || note.n_namesz != 4 ||
            memcmp(name, "GNU", 4) != 0 || note.n_descsz > MODULES_BUILD_ID_MAX)
            continue;
        module->build_id_size = (uint8_t)note.n_descsz;
        memcpy(module->build_id, value, note.n_descsz);
        return;
    }
}

static void read_build_id(struct module *module)
{
    char notes[1024];
    for (unsigned i = 0; i < module->header_count && !module->build_id_size; i++) {
        const ElfW(Phdr) *header = &module->headers[i];
        size_t size = header->p_memsz < sizeof notes ? header->p_memsz : sizeof notes;
        if (header->p_type == PT_NOTE && probe_copy(notes, module->bias + header->p_vaddr, size))
            find_build_id(module, notes, notes + size);
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
            dead->loader = fresh->loader;
            atomic_store(&dead->died, 0);
            return dead;
        }
        atomic_fetch_add(&seed, 1);
        return NULL;
    }
    return NULL;
}

/* Writes the record, with its own copies behind it; under the lock. */
static struct module *modules_keep(struct module *fresh, const char *path)
{
    unsigned index = atomic_load_explicit(&used, memory_order_relaxed);
    size_t headers = fresh->header_count * sizeof *fresh->headers, length = strnlen(path, 4095);
    struct module *module = index < most ? take_room(sizeof *module + headers + length + 1) : NULL;
    if (!module) {
        atomic_fetch_add_explicit(&dropped, 1, memory_order_relaxed);
        return NULL;
    }
    char *copies = (char *)(module + 1);
    memcpy(copies, fresh->headers, headers);
    memcpy(copies + headers, path, length);
    fresh->headers = (const void *)copies;
    fresh->path = copies + headers;
    memcpy(module, fresh, sizeof *module);
    atomic_store_explicit(&table[index], module, memory_order_release);
    atomic_store_explicit(&used, index + 1, memory_order_release);
    return module;
}

/* Under the lock. The directory may change, and the mapping may go: the path is made absolute as
 * soon as the module is known. */
static const char *path_of(const struct module *module, const char *path)
{
    uintptr_t end = 0;
    if (!module_path_is_relative(path))
        return path;
    for (unsigned i = 0; i < module->header_count && !end; i++)
        if (module->headers[i].p_type == PT_LOAD) /* in the order of their addresses */
            end = module->bias + module->headers[i].p_vaddr + module->headers[i].p_filesz;
    end = (end + 4095) & ~(uintptr_t)4095;
    bool is_known = module_path_find(module->start, end, path, absolute, sizeof absolute);
    return is_known ? absolute : path;
}

/* headers may be the caller's. */
static const struct module *modules_add(struct module *fresh, const char *path)
{
    set_range(fresh);
    if (fresh->start >= fresh->end)
        return NULL;
    read_build_id(fresh);
    fresh->born = modules_generation();
    if (!lock_take(&lock))
        return NULL;
    const struct module *known = modules_find_known(fresh->start);
    if (!known)
        known = look_at_dead(fresh, path = path_of(fresh, path));
    if (!known)
        known = modules_keep(fresh, path);
    lock_give(&lock);
    return known;
}

/* Asks the loader about the address, without its lock. */
static bool ask_loader(uintptr_t address, struct dl_find_object *found)
{
#if defined(DLFO_STRUCT_HAS_EH_DBASE)
    return _dl_find_object && _dl_find_object((void *)address, found) == 0;
#else
    return false;
#endif
}

static __attribute__((noinline, cold)) const struct module *learn_slow(uintptr_t address)
{
    struct dl_find_object found;
    if (atomic_load(&unloading) || !ask_loader(address, &found))
        return NULL;
    /* The ELF header is mapped where the module begins. */
    const ElfW(Ehdr) *elf = found.dlfo_map_start;
    if (memcmp(elf->e_ident, ELFMAG, SELFMAG) != 0)
        return NULL;
    struct module fresh = {.bias = found.dlfo_link_map->l_addr,
                           .headers = (const void *)((uintptr_t)elf + elf->e_phoff),
                           .header_count = elf->e_phnum,
                           .loader = found.dlfo_link_map};
    const char *name = found.dlfo_link_map->l_name;
    return modules_add(&fresh, name ? name : "");
}

#define HEADERS_MAX 64

const struct module *modules_find_mapped(uintptr_t start, const char *path)
{
    const struct module *known = modules_find_known(start);
    ElfW(Ehdr) elf;
    ElfW(Phdr) headers[HEADERS_MAX];
    struct dl_find_object found;
    if (known || !probe_copy(&elf, start, sizeof elf) || memcmp(elf.e_ident, ELFMAG, SELFMAG) != 0)
        return known;
    if (elf.e_phnum > HEADERS_MAX || elf.e_phentsize != sizeof *headers ||
        !probe_copy(headers, start + elf.e_phoff, elf.e_phnum * sizeof *headers) ||
        !ask_loader(start, &found)) /* a file that was only mapped to be read */
        return NULL;
    uintptr_t lowest = UINTPTR_MAX;
    for (unsigned i = 0; i < elf.e_phnum; i++)
        if (headers[i].p_type == PT_LOAD && headers[i].p_vaddr < lowest)
            lowest = headers[i].p_vaddr & ~(uintptr_t)4095;
    struct module fresh = {.bias = start - lowest,
                           .headers = headers,
                           .header_count = elf.e_phnum,
                           .loader = found.dlfo_link_map};
    return modules_add(&fresh, path);
}

const struct module *modules_find(uintptr_t address)
{
    const struct module *module = modules_find_known(address);
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
    struct dl_find_object found = {0};
    struct module fresh = {
        .bias = info->dlpi_addr, .headers = info->dlpi_phdr, .header_count = info->dlpi_phnum};
    set_range(&fresh);
    if (fresh.start < fresh.end && !modules_find_known(fresh.start)) {
        fresh.loader = ask_loader(fresh.start, &found) ? found.dlfo_link_map : NULL;
        const struct module *module = modules_add(&fresh, info->dlpi_name);
        if (module)
            buffers_learn(module);
    }
    return 0;
}

void modules_refresh(void)
{
    modules_check_unloaded();
    dl_iterate_phdr(refresh_one, NULL);
    const struct module *own = modules_find_known((uintptr_t)modules_refresh);
    if (own) {
        modules_own_start = own->start;
        modules_own_end = own->end;
    }
}

bool modules_is_there(const struct module *module)
{
    struct dl_find_object found;
    return !module->loader ||
           (ask_loader(module->start, &found) && found.dlfo_link_map == module->loader &&
            (uintptr_t)found.dlfo_map_start == module->start);
}

void modules_check_unloaded(void)
{
    int saved = errno;
    for (unsigned i = modules_count(); i-- > 0;) {
        struct module *module = atomic_load_explicit(&table[i], memory_order_acquire);
        if (!is_loaded(module) || modules_is_there(module))
            continue;
        uint32_t now = atomic_fetch_add(&generation, 1) + 1;
        atomic_store(&module->died, now);
    }
    errno = saved;
}

bool modules_settles(void)
{
    return lock_settles(&lock);
}

bool modules_lock(void)
{
    return lock_take(&lock);
}

void modules_unlock(void)
{
    lock_give(&lock);
}
