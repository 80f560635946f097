/* cfi.c -- Any bytes as a module's call frame information: no read beyond them, and a row that can
 * be used or none.
 *
 * The first two bytes are the place of the search table. The others end where their page ends, and
 * behind it nothing can be read.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include "fuzz.h"

#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>

#include "unwind/cfi.h"

#define ROOM ((size_t)64 << 10)
#define MOST ((uintptr_t)1 << 18)

/* A place for bytes that end where nothing can be read. */
static uint8_t *place(size_t size)
{
    static uint8_t *end;
    if (!end) {
        uint8_t *room =
            mmap(NULL, ROOM + 4096, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
        if (room == MAP_FAILED || mprotect(room + ROOM, 4096, PROT_NONE) != 0)
            abort();
        end = room + ROOM;
    }
    return end - size;
}

static void expect_usable(const struct cfi_row *row)
{
    if (row->cfa_offset == 0 || row->cfa_offset % 8 || row->cfa_offset >= MOST ||
        row->saved_bp % 8 || row->saved_bp >= MOST)
        abort();
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size)
{
    if (size < 2 || size - 2 > ROOM)
        return 0;
    size -= 2;
    uint8_t *at = memcpy(place(size), bytes + 2, size);
    const ElfW(Phdr) headers[2] = {
        {.p_type = PT_LOAD, .p_flags = PF_R, .p_filesz = size, .p_memsz = size},
        {.p_type = PT_GNU_EH_FRAME, .p_vaddr = bytes[0] | (unsigned)bytes[1] << 8}};
    struct module module = {.start = (uintptr_t)at,
                            .end = (uintptr_t)at + size,
                            .bias = (uintptr_t)at,
                            .headers = headers,
                            .header_count = 2};
    for (uintptr_t offset = 0; offset < size; offset += 1 + size / 16) {
        struct cfi_row row = {0}, copied = {0};
        enum cfi_result result = cfi_find(&module, module.start + offset, true, &row);
        if (result == CFI_ROW)
            expect_usable(&row);
        if (cfi_find(&module, module.start + offset, false, &copied) == CFI_ROW)
            expect_usable(&copied);
    }
    return 0;
}
