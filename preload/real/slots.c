/* slots.c -- Rewrites the places where loaded modules keep the addresses of imported functions.
 *
 * The loader has written these addresses as the module's relocations say: slots of the procedure
 * linkage table, of the global offset table, and plain pointers in data. Constructor only.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include "real/slots.h"

#include <dlfcn.h> /* _dl_find_object */
#include <stdbool.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <unistd.h>

#ifdef __x86_64__
#define IS_JUMP(type)    ((type) == R_X86_64_JUMP_SLOT)
#define IS_POINTER(type) ((type) == R_X86_64_GLOB_DAT || (type) == R_X86_64_64)
#else
#define IS_JUMP(type)    ((type) == R_AARCH64_JUMP_SLOT)
#define IS_POINTER(type) ((type) == R_AARCH64_GLOB_DAT || (type) == R_AARCH64_ABS64)
#endif

extern ElfW(Dyn) _DYNAMIC[] __attribute__((visibility("hidden"))); /* of libheapdiff.so */

struct range {
    uintptr_t start, end;
};

struct image {
    uintptr_t bias;
    struct range mapped; /* all of it */
    struct range relro;  /* whole pages that the loader has made read-only */
    bool is_open;        /* ... and that are writable now */
    const ElfW(Phdr) *headers;
    unsigned header_count;
    const ElfW(Sym) *symbols;
    const char *names;
    const ElfW(Rela) *table[2]; /* of slots of the linkage table, and of all else */
    size_t count[2];
};

static bool is_within(struct range range, uintptr_t address)
{
    return address - range.start < range.end - range.start;
}

static struct range pages_of(uintptr_t start, uintptr_t end)
{
    uintptr_t size = (uintptr_t)sysconf(_SC_PAGESIZE);
    return (struct range){start & -size, (end + size - 1) & -size};
}

/* The protected part ends with the last whole page. */
static struct range relro_pages(uintptr_t start, size_t size)
{
    struct range first = pages_of(start, start + 1), last = pages_of(start + size, start + size);
    if (last.end > start + size)
        last.end = last.start;
    return (struct range){first.start, last.end};
}

/* glibc relocates these pointers in place. */
static uintptr_t slots_pointer(const struct image *image, ElfW(Addr) value)
{
    return value < image->bias ? value + image->bias : value;
}

static void read_dynamic(struct image *image, const ElfW(Dyn) *entry)
{
    size_t relative = 0;
    for (; entry->d_tag != DT_NULL; entry++) {
        if (entry->d_tag == DT_SYMTAB)
            image->symbols = (const void *)slots_pointer(image, entry->d_un.d_ptr);
        else if (entry->d_tag == DT_STRTAB)
            image->names = (const void *)slots_pointer(image, entry->d_un.d_ptr);
        else if (entry->d_tag == DT_JMPREL)
            image->table[0] = (const void *)slots_pointer(image, entry->d_un.d_ptr);
        else if (entry->d_tag == DT_PLTRELSZ)
            image->count[0] = entry->d_un.d_val / sizeof(ElfW(Rela));
        else if (entry->d_tag == DT_RELA)
            image->table[1] = (const void *)slots_pointer(image, entry->d_un.d_ptr);
        else if (entry->d_tag == DT_RELASZ)
            image->count[1] = entry->d_un.d_val / sizeof(ElfW(Rela));
        else if (entry->d_tag == DT_RELACOUNT)
            relative = entry->d_un.d_val; /* come first, and name nothing */
    }
    if (image->table[1] && relative <= image->count[1]) {
        image->table[1] += relative;
        image->count[1] -= relative;
    }
}

/* False for the vdso and whatever else is not as the loader lays modules out. */
static bool find_image(uintptr_t address, struct image *image)
{
    struct dl_find_object found;
    if (_dl_find_object((void *)address, &found) != 0)
        return false;
    const ElfW(Ehdr) *file = found.dlfo_map_start;
    if (memcmp(file->e_ident, ELFMAG, SELFMAG) != 0)
        return false;
    *image = (struct image){.bias = found.dlfo_link_map->l_addr,
                            .mapped = {(uintptr_t)file, (uintptr_t)found.dlfo_map_end},
                            .headers = (const void *)((uintptr_t)file + file->e_phoff),
                            .header_count = file->e_phnum};
    for (unsigned i = 0; i < image->header_count; i++) {
        const ElfW(Phdr) *header = &image->headers[i];
        uintptr_t start = image->bias + header->p_vaddr;
        if (header->p_type == PT_GNU_RELRO)
            image->relro = relro_pages(start, header->p_memsz);
    }
    return true;
}

/* The protection that the file asks for; 0 outside of it. */
static int protection_of(const struct image *image, uintptr_t address)
{
    for (unsigned i = 0; i < image->header_count; i++) {
        const ElfW(Phdr) *header = &image->headers[i];
        if (header->p_type == PT_LOAD && address - image->bias - header->p_vaddr < header->p_memsz)
            return (header->p_flags & PF_R ? PROT_READ : 0) |
                   (header->p_flags & PF_W ? PROT_WRITE : 0) |
                   (header->p_flags & PF_X ? PROT_EXEC : 0);
    }
    return 0;
}

static bool slots_protect(struct range range, int protection)
{
    return syscall(SYS_mprotect, range.start, range.end - range.start, protection) == 0;
}

static bool open_slot(struct image *image, uintptr_t slot)
{
    if (!(protection_of(image, slot) & PROT_WRITE))
        return false; /* a relocation of code: not ours */
    if (is_within(image->relro, slot) && !image->is_open)
        image->is_open = slots_protect(image->relro, PROT_READ | PROT_WRITE);
    return image->is_open || !is_within(image->relro, slot);
}

/* Before its first call a slot leads back into the module's own linkage table. */
static const struct slots_change *find_change(const struct image *image, const ElfW(Rela) *entry,
                                              const struct slots_change *changes, unsigned count)
{
    uintptr_t value = *(const uintptr_t *)(image->bias + entry->r_offset);
    unsigned type = (unsigned)ELF64_R_TYPE(entry->r_info);
    bool unbound = IS_JUMP(type) && is_within(image->mapped, value);
    if (!IS_JUMP(type) && !(IS_POINTER(type) && entry->r_addend == 0))
        return NULL;
    const ElfW(Sym) *symbol = &image->symbols[ELF64_R_SYM(entry->r_info)];
    for (unsigned i = 0; i < count; i++)
        if ((value == changes[i].from || (unbound && symbol->st_shndx == SHN_UNDEF)) &&
            strcmp(image->names + symbol->st_name, changes[i].name) == 0)
            return &changes[i];
    return NULL;
}

size_t slots_patch(const struct link_map *module, const struct slots_change *changes,
                   unsigned count)
{
    struct image image;
    size_t written = 0;
    if (!find_image((uintptr_t)module->l_ld, &image))
        return 0;
    read_dynamic(&image, module->l_ld);
    for (unsigned table = 0; image.symbols && image.names && table < 2; table++)
        for (size_t i = 0; image.table[table] && i < image.count[table]; i++) {
            const ElfW(Rela) *entry = &image.table[table][i];
            const struct slots_change *change = find_change(&image, entry, changes, count);
            uintptr_t slot = image.bias + entry->r_offset;
            if (change && open_slot(&image, slot)) {
                __atomic_store_n((uintptr_t *)slot, change->to, __ATOMIC_RELEASE);
                written++;
            }
        }
    if (image.is_open)
        slots_protect(image.relro, PROT_READ);
    return written;
}

size_t slots_patch_all(const struct slots_change *changes, unsigned count)
{
    size_t written = 0;
    for (const struct link_map *map = _r_debug.r_map; map; map = map->l_next)
        if (map->l_ld != _DYNAMIC)
            written += slots_patch(map, changes, count);
    return written;
}

bool slots_store_short(uintptr_t address, uint16_t value)
{
    struct image image;
    struct range page = pages_of(address, address + sizeof value);
    if (!find_image(address, &image))
        return false;
    int protection = protection_of(&image, address);
    if (!slots_protect(page, protection | PROT_WRITE))
        return false;
    __atomic_store_n((uint16_t *)address, value, __ATOMIC_RELEASE);
    return slots_protect(page, protection);
}
