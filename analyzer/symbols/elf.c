/* elf.c -- One module: its file and debug file, and what they know about addresses.
 *
 * It never gives a wrong name: with a build id, only files with that id count. Without one, only
 * the path itself counts, if nothing about the file has changed since it was mapped (its ctime,
 * which no program can set back, is not later than the snapshot) and its segments span what was
 * mapped.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include "symbols/elf.h"

#include "base/text.h"
#include "symbols/calls.h"
#include "symbols/debugfiles.h"
#include "symbols/demangle.h"
#include "symbols/dwarf.h"
#include "symbols/plt.h"
#include "symbols/symtab.h"

#include <elfutils/libdwelf.h>
#include <elfutils/libdwfl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

struct elf {
    struct symbol_module facts;
    struct debugfiles files;
    struct pool *pool;
    Dwfl *dwfl;
    Dwfl_Module *module;
    const char *alt_name; /* of the file that the debug information refers to; NULL: none */
    Dwarf *alt;           /* shared by several debug files (dwz), opened by us */
    int alt_fd;
    struct symtab *symtab; /* these three when first needed */
    struct plt *plt;
    struct compile_units *units;
    Dwarf_Addr dwarf_bias;
};

static bool find_section(Elf *elf, const char *wanted, GElf_Shdr *header, Elf_Scn **section)
{
    size_t names;
    *section = NULL;
    if (!elf || elf_getshdrstrndx(elf, &names) != 0)
        return false;
    while ((*section = elf_nextscn(elf, *section)) != NULL) {
        const char *name =
            gelf_getshdr(*section, header) ? elf_strptr(elf, names, header->sh_name) : NULL;
        if (name && strcmp(name, wanted) == 0)
            return true;
    }
    return false;
}

/* The name in .gnu_debugaltlink; NULL when there is none. */
static const char *alt_name_of(Elf *elf, struct pool *pool)
{
    GElf_Shdr header;
    Elf_Scn *section;
    Elf_Data *data = find_section(elf, ".gnu_debugaltlink", &header, &section)
                         ? elf_rawdata(section, NULL)
                         : NULL;
    if (!data || !data->d_buf || !memchr(data->d_buf, '\0', data->d_size))
        return NULL;
    return pool_text(pool, data->d_buf);
}

/* libdwfl asks for the debug file, and in the same way for the one that this refers to, which is
 * opened by open_alt. */
static int find_debug_info(Dwfl_Module *module, void **user_data, const char *name, Dwarf_Addr base,
                           const char *path, const char *link, GElf_Word crc, char **found)
{
    struct elf *elf = *user_data;
    bool is_alt = elf && elf->alt_name && link && strcmp(link, elf->alt_name) == 0;
    if (!elf || elf->files.id.length == 0 || is_alt)
        return -1;
    int fd = debugfiles_open_debug(&elf->files, path, link, found);
    if (fd < 0)
        return -1;
    Elf *debug = elf_begin(fd, ELF_C_READ_MMAP, NULL);
    elf->alt_name = alt_name_of(debug, elf->pool);
    elf_end(debug);
    elf->facts.debug_file = pool_text(elf->pool, *found);
    return fd;
}

static const Dwfl_Callbacks callbacks = {
    .find_elf = dwfl_build_id_find_elf, /* never called: files are given */
    .find_debuginfo = find_debug_info,
    .section_address = dwfl_offline_section_address,
};

/* The bytes from the lowest to the highest page that the loader maps. */
static uint64_t span_of(Elf *elf)
{
    uint64_t low = UINT64_MAX, high = 0, page = (uint64_t)sysconf(_SC_PAGESIZE);
    size_t count;
    GElf_Phdr header;
    if (!elf || elf_getphdrnum(elf, &count) != 0)
        return 0;
    for (size_t i = 0; i < count; i++) {
        if (!gelf_getphdr(elf, (int)i, &header) || header.p_type != PT_LOAD)
            continue;
        uint64_t start = header.p_vaddr & ~(page - 1);
        uint64_t end = (header.p_vaddr + header.p_memsz + page - 1) & ~(page - 1);
        low = start < low ? start : low;
        high = end > high ? end : high;
    }
    return high > low ? high - low : 0;
}

static bool has_build_id(int fd)
{
    return build_id_of_fd(fd).length > 0;
}

/* The file of a module without build id. */
static int open_unmarked(struct elf *elf, const struct symbol_place *place)
{
    struct stat status;
    int fd = debugfiles_open(place->path);
    if (fd < 0)
        return -1;
    Elf *file = elf_begin(fd, ELF_C_READ_MMAP, NULL);
    uint64_t span = span_of(file);
    elf_end(file);
    bool same = fstat(fd, &status) == 0 && status.st_ctim.tv_sec <= place->time_ns / 1000000000 &&
                (place->span == 0 || place->span == span) && !has_build_id(fd);
    if (same)
        return fd;
    elf->files.saw_other = true;
    close(fd);
    return -1;
}

/* At bias 0, so that addresses are those of the file. Takes FD. */
static bool elf_report(struct elf *elf, int fd, const char *path)
{
    GElf_Addr bias;
    void **user_data;
    elf->dwfl = dwfl_begin(&callbacks);
    if (elf->dwfl) {
        dwfl_report_begin(elf->dwfl);
        elf->module = dwfl_report_elf(elf->dwfl, path, path, fd, 0, true);
    }
    if (!elf->module) {
        close(fd);
        return false;
    }
    if (dwfl_report_end(elf->dwfl, NULL, NULL) != 0 ||
        !dwfl_module_info(elf->module, &user_data, NULL, NULL, NULL, NULL, NULL, NULL))
        return false;
    *user_data = elf;
    return dwfl_module_getelf(elf->module, &bias) && bias == 0;
}

/* The file that DWARF has in common with others: libdw looks for it only in the usual folder, and
 * takes one of another build too. False when it would. */
static bool open_alt(struct elf *elf, Dwarf *dwarf)
{
    const char *path;
    const void *bytes;
    ssize_t length = dwelf_dwarf_gnu_debugaltlink(dwarf, &path, &bytes);
    struct build_id id = {.length = 0};
    if (length <= 0 || (size_t)length > sizeof id.bytes)
        return true;
    id.length = (size_t)length;
    memcpy(id.bytes, bytes, id.length);
    const char *debug_file = elf->facts.debug_file ? elf->facts.debug_file : elf->facts.file;
    elf->alt_fd = debugfiles_open_alt(&elf->files, &id, path, debug_file);
    elf->alt = elf->alt_fd >= 0 ? dwarf_begin(elf->alt_fd, DWARF_C_READ) : NULL;
    if (elf->alt)
        dwarf_setalt(dwarf, elf->alt);
    return elf->alt || !elf->files.saw_other;
}

static bool has_section(Elf *elf, const char *name)
{
    GElf_Shdr header;
    Elf_Scn *section;
    return find_section(elf, name, &header, &section) && header.sh_type != SHT_NOBITS;
}

static void look_inside(struct elf *elf)
{
    GElf_Addr bias;
    Elf *main = dwfl_module_getelf(elf->module, &bias);
    elf->alt_name = alt_name_of(main, elf->pool);
    Dwarf *dwarf = dwfl_module_getdwarf(elf->module, &elf->dwarf_bias);
    elf->files.saw_other = false;
    if (dwarf && open_alt(elf, dwarf))
        elf->units = compile_units_new(dwarf);
    elf->facts.has_debug_info = elf->units != NULL;
    elf->facts.has_table = elf->facts.debug_file || has_section(main, ".symtab") ||
                           has_section(main, ".gnu_debugdata");
    elf->symtab = symtab_new(elf->module);
    elf->plt = plt_new(main);
}

struct elf *elf_open(const struct symbol_place *place, const struct symbol_sources *sources)
{
    struct elf *elf = memory_zeroed(1, sizeof *elf);
    elf_version(EV_CURRENT); /* or libelf refuses everything */
    elf->pool = pool_new();
    elf->alt_fd = -1;
    elf->files = (struct debugfiles){.path = place->path,
                                     .pid = place->pid,
                                     .id = build_id_parse(place->build_id),
                                     .sources = sources};
    const char *path = place->path;
    bool has_id = elf->files.id.length > 0;
    int fd = has_id            ? debugfiles_open_module(&elf->files, elf->pool, &path)
             : place->build_id ? -1 /* what is that? */
                               : open_unmarked(elf, place);
    if (fd < 0) {
        elf->facts.state = elf->files.saw_other ? SYMBOLS_CHANGED : SYMBOLS_GONE;
    } else if (!elf_report(elf, fd, path)) {
        elf->facts.state = SYMBOLS_UNREADABLE;
    } else {
        elf->facts.file = path;
        look_inside(elf);
    }
    return elf;
}

void elf_close(struct elf *elf)
{
    if (!elf)
        return;
    symtab_free(elf->symtab);
    plt_free(elf->plt);
    compile_units_free(elf->units);
    if (elf->dwfl)
        dwfl_end(elf->dwfl);
    if (elf->alt)
        dwarf_end(elf->alt);
    if (elf->alt_fd >= 0)
        close(elf->alt_fd);
    debugfiles_done(&elf->files);
    pool_free(elf->pool);
    free(elf);
}

struct symbol_module elf_facts(const struct elf *elf)
{
    return elf->facts;
}

const struct text *elf_looked_at(const struct elf *elf)
{
    return &elf->files.looked_at;
}

static struct symbol_list single(const char *function, struct pool *pool)
{
    struct symbol *symbol = pool_zeroed(pool, sizeof *symbol);
    symbol->function = function;
    return (struct symbol_list){.items = symbol, .count = 1};
}

/* A stub of the linker leads to another function, of this module or of another one. */
static struct symbol_list find_called(struct elf *elf, uint64_t return_address, struct pool *pool,
                                      bool *is_partial)
{
    uint64_t target, size;
    GElf_Addr bias;
    Elf *main = dwfl_module_getelf(elf->module, &bias);
    if (!calls_find(main, return_address, &target) || target >= SYMBOLS_CALLED ||
        plt_find(elf->plt, target, pool) ||
        (size = symtab_size_of_function(elf->symtab, target)) == 0)
        return (struct symbol_list){0};
    struct symbol_list at = elf_find(elf, target, pool, is_partial);
    if (at.count == 0 || !at.items[at.count - 1].function)
        return (struct symbol_list){0};
    struct symbol *items = pool_zeroed(pool, 2 * sizeof *items);
    items[0] = at.items[at.count - 1]; /* without what is inlined at its start */
    unsigned long long start = target, end = start + size;
    items[1].function = pool_format(pool, "%llu %llu", start, end);
    return (struct symbol_list){.items = items, .count = 2};
}

/* DWARF knows most; a stub of the linker, and what was written in assembler, it does not name. */
struct symbol_list elf_find(struct elf *elf, uint64_t address, struct pool *pool, bool *is_partial)
{
    *is_partial = false;
    if (elf->facts.state != SYMBOLS_FOUND || address > INT64_MAX)
        return (struct symbol_list){0};
    if (address & SYMBOLS_CALLED)
        return find_called(elf, address & ~SYMBOLS_CALLED, pool, is_partial);
    const char *stub = plt_find(elf->plt, address, pool);
    if (stub)
        return single(stub, pool);
    struct dwarf_answer answer = {0};
    if (elf->units)
        answer = dwarf_find(elf->units, address - elf->dwarf_bias, pool);
    *is_partial = answer.lacks_file;
    struct symbol_list list = answer.list;
    if (list.count > 0 && list.items[list.count - 1].function)
        return list;
    const char *name = symtab_find(elf->symtab, address);
    if (name)
        name = demangle_name(name, pool);
    if (list.count == 0)
        return name ? single(name, pool) : list;
    struct symbol *items = pool_zeroed(pool, list.count * sizeof *items);
    memcpy(items, list.items, list.count * sizeof *items);
    items[list.count - 1].function = name;
    list.items = items;
    return list;
}
