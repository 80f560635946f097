/* cfi_table.c -- Finding the frame description of an address; reading a module that may go.
 *
 * .eh_frame_hdr holds a sorted table from function to FDE (LSB, "Exception Frames").
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include "unwind/cfi_table.h"

#include <string.h>

#include "base/probe.h"

size_t cfi_table_room(const struct cfi_source *source, uintptr_t at)
{
    const struct module *module = source->module;
    for (unsigned i = 0; i < module->header_count; i++) {
        const ElfW(Phdr) *header = &module->headers[i];
        uintptr_t offset = at - (module->bias + header->p_vaddr);
        if (header->p_type == PT_LOAD && header->p_flags & PF_R && offset < header->p_filesz)
            return header->p_filesz - offset;
    }
    return 0;
}

bool cfi_table_copy(const struct cfi_source *source, void *to, uintptr_t from, size_t size)
{
    if (!source->is_safe)
        return probe_copy(to, from, size);
    memcpy(to, (const void *)from, size);
    return true;
}

/* The table's header: version; encodings of frame pointer, count and table; then the encoded
 * values. */
struct header {
    uint8_t version, pointer_encoding, count_encoding, table_encoding;
    int32_t frame_pointer;
    uint32_t count;
};

struct row {
    int32_t function, fde; /* relative to the header */
};

/* All linkers write these. */
static bool is_known(const struct header *header)
{
    return header->version == 1 && (header->pointer_encoding & 0x0f) == PE_SDATA4 &&
           header->count_encoding == 0x03 && header->table_encoding == (PE_DATAREL | PE_SDATA4);
}

static bool read_header(const struct cfi_source *source, uintptr_t at, struct header *header)
{
    size_t room = cfi_table_room(source, at);
    return room >= sizeof *header && cfi_table_copy(source, header, at, sizeof *header) &&
           is_known(header) && header->count <= (room - sizeof *header) / sizeof(struct row);
}

/* The last of the rows whose function begins at or before the address. */
static bool cfi_table_search(const struct cfi_source *source, uintptr_t rows, uint32_t count,
                             int64_t wanted, struct row *best)
{
    uint32_t low = 0, high = count;
    while (low < high) {
        uint32_t middle = low + (high - low) / 2;
        struct row row;
        if (!cfi_table_copy(source, &row, rows + middle * sizeof row, sizeof row))
            return false;
        if (row.function <= wanted) {
            low = middle + 1;
            *best = row;
        } else {
            high = middle;
        }
    }
    return low > 0;
}

uintptr_t cfi_table_find(const struct cfi_source *source, uintptr_t address, bool *unknown)
{
    const struct module *module = source->module;
    uintptr_t at = 0;
    struct header header;
    struct row row;
    for (unsigned i = 0; i < module->header_count; i++)
        if (module->headers[i].p_type == PT_GNU_EH_FRAME)
            at = module->bias + module->headers[i].p_vaddr;
    *unknown = at && !read_header(source, at, &header);
    if (!at || *unknown ||
        !cfi_table_search(source, at + sizeof header, header.count, (int64_t)(address - at), &row))
        return 0;
    return at + (uintptr_t)(intptr_t)row.fde;
}
