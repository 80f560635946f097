/* elf.c -- One ELF file, opened only if it is the one that was recorded, and its symbol table.
 *
 * The table is sorted here once: libdwfl walks all symbols for each question, which takes
 * milliseconds in a binary like node.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include "symbols/elf.h"

#include "symbols/demangle.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

struct function {
    uint64_t start, end;
    uint64_t reach;   /* the highest end so far: how far back a search must look */
    const char *name; /* borrowed from the module */
    bool is_global;
};

struct elf {
    Dwfl *dwfl;
    Dwfl_Module *module;
    bool is_indexed;
    VEC(struct function) functions; /* by start */
};

static char *debug_path; /* NULL: the usual places */

static const Dwfl_Callbacks callbacks = {
    .find_elf = dwfl_build_id_find_elf,
    .find_debuginfo = dwfl_standard_find_debuginfo,
    .section_address = dwfl_offline_section_address,
    .debuginfo_path = &debug_path,
};

static bool same_build_id(Dwfl_Module *module, const char *build_id)
{
    const unsigned char *bytes;
    GElf_Addr address;
    int length = dwfl_module_build_id(module, &bytes, &address);
    if (!build_id)
        return length <= 0;
    if (length <= 0 || strlen(build_id) != (size_t)length * 2)
        return false;
    for (int i = 0; i < length; i++) {
        char hex[3];
        snprintf(hex, sizeof hex, "%02x", bytes[i]);
        if (memcmp(hex, build_id + (size_t)i * 2, 2) != 0)
            return false;
    }
    return true;
}

static bool is_readable_file(const char *path, const char *build_id, int64_t time_ns)
{
    struct stat status;
    if (stat(path, &status) < 0 || !S_ISREG(status.st_mode))
        return false;
    return build_id || status.st_mtim.tv_sec <= time_ns / 1000000000;
}

static bool report(struct elf *elf, const char *path, const char *build_id)
{
    elf->dwfl = dwfl_begin(&callbacks);
    if (!elf->dwfl)
        return false;
    dwfl_report_begin(elf->dwfl);
    elf->module = dwfl_report_elf(elf->dwfl, path, path, -1, 0, true);
    if (dwfl_report_end(elf->dwfl, NULL, NULL) != 0 || !elf->module)
        return false;
    GElf_Addr bias;
    return dwfl_module_getelf(elf->module, &bias) && bias == 0 &&
           same_build_id(elf->module, build_id);
}

struct elf *elf_open(const char *path, const char *build_id, int64_t time_ns)
{
    if (!is_readable_file(path, build_id, time_ns))
        return NULL;
    struct elf *elf = memory_zeroed(1, sizeof *elf);
    if (report(elf, path, build_id))
        return elf;
    elf_close(elf);
    return NULL;
}

void elf_close(struct elf *elf)
{
    if (!elf)
        return;
    if (elf->dwfl)
        dwfl_end(elf->dwfl);
    VEC_DONE(&elf->functions);
    free(elf);
}

Dwfl_Module *elf_module(struct elf *elf)
{
    return elf->module;
}

/* Of two names for one address the global one is what people know. */
static int by_start(const void *a, const void *b)
{
    const struct function *x = a, *y = b;
    if (x->start != y->start)
        return x->start < y->start ? -1 : 1;
    if (x->is_global != y->is_global)
        return x->is_global ? 1 : -1;
    return strcmp(y->name, x->name);
}

static void add_function(struct elf *elf, int index)
{
    GElf_Sym symbol;
    GElf_Addr address;
    const char *name =
        dwfl_module_getsym_info(elf->module, index, &symbol, &address, NULL, NULL, NULL);
    int type = GELF_ST_TYPE(symbol.st_info);
    bool is_code = type == STT_FUNC || type == STT_GNU_IFUNC || type == STT_NOTYPE;
    if (!name || !*name || !is_code || symbol.st_size == 0 || symbol.st_shndx == SHN_UNDEF)
        return;
    struct function function = {.start = address,
                                .end = address + symbol.st_size,
                                .name = name,
                                .is_global = GELF_ST_BIND(symbol.st_info) != STB_LOCAL};
    if (function.end > function.start)
        VEC_ADD(&elf->functions, function);
}

static void index_functions(struct elf *elf)
{
    elf->is_indexed = true;
    int count = dwfl_module_getsymtab(elf->module);
    for (int i = 1; i < count; i++)
        add_function(elf, i);
    if (elf->functions.count == 0)
        return;
    qsort(elf->functions.items, elf->functions.count, sizeof *elf->functions.items, by_start);
    uint64_t reach = 0;
    for (size_t i = 0; i < elf->functions.count; i++) {
        struct function *function = &elf->functions.items[i];
        reach = function->end > reach ? function->end : reach;
        function->reach = reach;
    }
}

/* How many functions start at or below ADDRESS. */
static size_t count_up_to(const struct elf *elf, uint64_t address)
{
    size_t low = 0, high = elf->functions.count;
    while (low < high) {
        size_t middle = low + (high - low) / 2;
        if (elf->functions.items[middle].start <= address)
            low = middle + 1;
        else
            high = middle;
    }
    return low;
}

const char *elf_function(struct elf *elf, uint64_t address, struct pool *pool)
{
    if (!elf->is_indexed)
        index_functions(elf);
    for (size_t i = count_up_to(elf, address); i-- > 0;) {
        const struct function *function = &elf->functions.items[i];
        if (function->reach <= address)
            return NULL;
        if (address < function->end)
            return demangle_name(function->name, pool);
    }
    return NULL;
}
