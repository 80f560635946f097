/* plt.c -- Stubs of the procedure linkage table by the functions that they jump to.
 *
 * No symbol names a stub. It jumps through a slot of the global offset table, and the relocation of
 * that slot names the function. So the stub's code is decoded as far as the slot, which holds for
 * .plt, .plt.sec (with branch protection) and .plt.got, whichever linker laid them out:
 *   x86-64    [endbr64] [bnd] jmp *slot(%rip); or, before .plt.sec, push $relocation number
 *   aarch64   [bti c] adrp x16, slot's page; ldr x17, [x16, #slot's low bits]
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include "symbols/plt.h"

#include "base/text.h"
#include "symbols/demangle.h"

#include <stdlib.h>
#include <string.h>

#define USUAL_STUB 16 /* bytes, when the section does not say */

struct slot {
    uint64_t address;
    const char *name; /* mangled, borrowed from the ELF file; NULL for a local function */
};

struct stubs {
    uint64_t start, size, stub_size;
    const unsigned char *code;
};

struct plt {
    int machine;
    VEC(struct slot) slots; /* by address */
    VEC(struct slot) lazy;  /* of .rela.plt, in its order: push's numbers */
    VEC(struct stubs) sections;
};

static const char *symbol_name(Elf *elf, Elf_Data *symbols, size_t strings, size_t index)
{
    GElf_Sym symbol;
    if (index == 0 || !symbols || !gelf_getsym(symbols, (int)index, &symbol))
        return NULL;
    return elf_strptr(elf, strings, symbol.st_name);
}

static void add_relocations(struct plt *plt, Elf *elf, Elf_Scn *section, const GElf_Shdr *header,
                            const char *name)
{
    Elf_Data *data = elf_getdata(section, NULL);
    Elf_Scn *table = elf_getscn(elf, header->sh_link);
    GElf_Shdr table_header;
    if (!data || !table || !gelf_getshdr(table, &table_header) || header->sh_entsize == 0)
        return;
    Elf_Data *symbols = elf_getdata(table, NULL);
    bool is_lazy = strcmp(name, ".rela.plt") == 0;
    for (size_t i = 0; i < data->d_size / header->sh_entsize; i++) {
        GElf_Rela rela;
        if (!gelf_getrela(data, (int)i, &rela))
            return;
        struct slot slot = {
            .address = rela.r_offset,
            .name = symbol_name(elf, symbols, table_header.sh_link, GELF_R_SYM(rela.r_info))};
        if (is_lazy)
            VEC_ADD(&plt->lazy, slot);
        if (slot.name && *slot.name)
            VEC_ADD(&plt->slots, slot);
    }
}

static void add_stubs(struct plt *plt, Elf_Scn *section, const GElf_Shdr *header)
{
    Elf_Data *data = elf_getdata(section, NULL);
    if (!data || !data->d_buf || data->d_size == 0)
        return;
    uint64_t stub_size = header->sh_entsize;
    if (stub_size < 8 || stub_size > 64)
        stub_size = USUAL_STUB;
    struct stubs stubs = {.start = header->sh_addr,
                          .size = data->d_size,
                          .stub_size = stub_size,
                          .code = data->d_buf};
    VEC_ADD(&plt->sections, stubs);
}

static int by_address(const void *a, const void *b)
{
    const struct slot *x = a, *y = b;
    return (x->address > y->address) - (x->address < y->address);
}

struct plt *plt_new(Elf *elf)
{
    struct plt *plt = memory_zeroed(1, sizeof *plt);
    GElf_Ehdr file;
    GElf_Shdr header;
    Elf_Scn *section = NULL;
    size_t names;
    if (!elf || !gelf_getehdr(elf, &file) || elf_getshdrstrndx(elf, &names) != 0)
        return plt;
    plt->machine = file.e_machine;
    while ((section = elf_nextscn(elf, section)) != NULL) {
        const char *name =
            gelf_getshdr(section, &header) ? elf_strptr(elf, names, header.sh_name) : NULL;
        if (!name)
            continue;
        if (header.sh_type == SHT_RELA && (header.sh_flags & SHF_ALLOC))
            add_relocations(plt, elf, section, &header, name);
        else if (header.sh_type == SHT_PROGBITS && text_starts(name, ".plt"))
            add_stubs(plt, section, &header);
    }
    if (plt->slots.count > 0)
        qsort(plt->slots.items, plt->slots.count, sizeof *plt->slots.items, by_address);
    return plt;
}

void plt_free(struct plt *plt)
{
    if (!plt)
        return;
    VEC_DONE(&plt->slots);
    VEC_DONE(&plt->lazy);
    VEC_DONE(&plt->sections);
    free(plt);
}

static uint32_t word_at(const unsigned char *code)
{
    return code[0] | (uint32_t)code[1] << 8 | (uint32_t)code[2] << 16 | (uint32_t)code[3] << 24;
}

static const char *name_of_slot(const struct plt *plt, uint64_t address)
{
    struct slot wanted = {.address = address};
    const struct slot *slot =
        plt->slots.count
            ? bsearch(&wanted, plt->slots.items, plt->slots.count, sizeof wanted, by_address)
            : NULL;
    return slot ? slot->name : NULL;
}

static const char *decode_x86_64(const struct plt *plt, const unsigned char *code, size_t size,
                                 uint64_t address)
{
    for (size_t i = 0; i + 6 <= size; i++) {
        if (code[i] == 0xff && code[i + 1] == 0x25) /* jmp *offset(%rip) */
            return name_of_slot(plt, address + i + 6 + (uint64_t)(int32_t)word_at(code + i + 2));
    }
    bool is_marked = size >= 4 && word_at(code) == 0xfa1e0ff3; /* endbr64 */
    size_t at = is_marked ? 4 : 0;
    if (at + 5 > size || code[at] != 0x68) /* push $number */
        return NULL;
    uint32_t number = word_at(code + at + 1);
    return number < plt->lazy.count ? plt->lazy.items[number].name : NULL;
}

static const char *decode_aarch64(const struct plt *plt, const unsigned char *code, size_t size,
                                  uint64_t address)
{
    for (size_t i = 0; i + 8 <= size; i += 4) {
        uint32_t adrp = word_at(code + i), load = word_at(code + i + 4);
        if ((adrp & 0x9f00001f) != 0x90000010 || (load & 0xffc003ff) != 0xf9400211)
            continue;
        uint64_t pages = (uint64_t)(adrp >> 5 & 0x7ffff) << 2 | (adrp >> 29 & 3);
        pages = (pages ^ 0x100000) - 0x100000; /* 21 bits with a sign */
        return name_of_slot(plt, ((address + i) & ~(uint64_t)0xfff) + (pages << 12) +
                                     (uint64_t)(load >> 10 & 0xfff) * 8);
    }
    return NULL;
}

const char *plt_find(const struct plt *plt, uint64_t address, struct pool *pool)
{
    for (size_t i = 0; i < plt->sections.count; i++) {
        const struct stubs *stubs = &plt->sections.items[i];
        if (address < stubs->start || address - stubs->start >= stubs->size)
            continue;
        uint64_t offset = (address - stubs->start) / stubs->stub_size * stubs->stub_size;
        uint64_t left = stubs->size - offset;
        size_t size = (size_t)(left < stubs->stub_size ? left : stubs->stub_size);
        const unsigned char *code = stubs->code + offset;
        const char *name = NULL;
        if (plt->machine == EM_X86_64)
            name = decode_x86_64(plt, code, size, stubs->start + offset);
        else if (plt->machine == EM_AARCH64)
            name = decode_aarch64(plt, code, size, stubs->start + offset);
        return name ? pool_format(pool, "%s@plt", demangle_name(name, pool)) : NULL;
    }
    return NULL;
}
