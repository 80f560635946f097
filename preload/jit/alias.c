/* alias.c -- Code that a program has mapped a second time from the file of a module.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include "jit/alias.h"

#include <string.h>
#include <sys/stat.h>

#include "tables/aliases.h"

static const struct process_mapping *mapping_of(const struct process_maps *maps, uintptr_t address)
{
    size_t at = process_mapping_after(maps, address);
    const struct process_mapping *mapping = at < maps->count ? &maps->mappings[at] : NULL;
    return mapping && mapping->start <= address ? mapping : NULL;
}

/* The loaded module whose first mapping is of this file. */
static const struct module *module_of_file(const struct process_maps *maps, const char *path)
{
    for (size_t i = 0; i < maps->count; i++) {
        const struct process_mapping *mapping = &maps->mappings[i];
        if (mapping->file_offset == 0 && strcmp(maps->paths + mapping->path, path) == 0) {
            const struct module *module = modules_find_known(mapping->start);
            if (module)
                return module;
        }
    }
    return NULL;
}

/* The module that was loaded from the file. The program itself has no path in the loader's list. */
static const struct module *module_of_inode(const struct alias *alias)
{
    for (unsigned i = 0; i < modules_count(); i++) {
        const struct module *module = modules_get(i);
        struct stat status;
        if (stat(*module->path ? module->path : "/proc/self/exe", &status) == 0 &&
            status.st_dev == alias->device && status.st_ino == alias->inode)
            return module;
    }
    return NULL;
}

/* Where the address leads to: a mapping that is there, or one that was. */
static const struct module *find_file(const struct process_maps *maps, uintptr_t address,
                                      uint64_t *in_file)
{
    const struct process_mapping *mapping = mapping_of(maps, address);
    struct alias alias;
    if (mapping && mapping->kind == MAPPED_FILE) {
        *in_file = mapping->file_offset + (address - mapping->start);
        return module_of_file(maps, maps->paths + mapping->path);
    }
    if (!aliases_find(address, &alias))
        return NULL;
    *in_file = alias.offset + (address - alias.start);
    return module_of_inode(&alias);
}

bool alias_find(const struct process_maps *maps, uintptr_t address, const struct module **module,
                uintptr_t *offset)
{
    uint64_t in_file = 0;
    *module = find_file(maps, address, &in_file);
    for (unsigned i = 0; *module && i < (*module)->header_count; i++) {
        const ElfW(Phdr) *header = &(*module)->headers[i];
        if (header->p_type == PT_LOAD && in_file >= header->p_offset &&
            in_file < header->p_offset + header->p_filesz) {
            *offset = header->p_vaddr + (in_file - header->p_offset);
            return true;
        }
    }
    return false;
}
