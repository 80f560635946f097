/* calls.c -- The function that a call instruction calls, by the code before its return address.
 *
 * x86-64: E8 and 32 bits. Instructions have no fixed length, so the five bytes may be the end of
 * others; they count only if the same bytes do not also end another form of call. The caller asks
 * for an exact start of a function besides. AArch64: BL and 26 bits.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include "symbols/calls.h"

#include <string.h>

#define MOST_BYTES 8 /* before a return address */

/* The code before an address. */
struct code {
    unsigned char bytes[MOST_BYTES];
};

static bool read_section(Elf_Scn *section, const GElf_Shdr *header, uint64_t address,
                         struct code *code)
{
    Elf_Data *data = elf_rawdata(section, NULL);
    uint64_t offset = address - header->sh_addr;
    if (!data || !data->d_buf || offset > data->d_size || offset < MOST_BYTES)
        return false;
    memcpy(code->bytes, (const char *)data->d_buf + offset - MOST_BYTES, MOST_BYTES);
    return true;
}

static bool read_code(Elf *elf, uint64_t address, struct code *code)
{
    Elf_Scn *section = NULL;
    GElf_Shdr header;
    while (elf && (section = elf_nextscn(elf, section)) != NULL) {
        bool is_code = gelf_getshdr(section, &header) && header.sh_type == SHT_PROGBITS &&
                       (header.sh_flags & SHF_EXECINSTR) && !(header.sh_flags & SHF_COMPRESSED);
        if (is_code && address >= header.sh_addr && address - header.sh_addr <= header.sh_size)
            return read_section(section, &header, address, code);
    }
    return false;
}

static uint32_t word_before(const struct code *code)
{
    uint32_t word = 0;
    for (int i = 1; i <= 4; i++)
        word = word << 8 | code->bytes[MOST_BYTES - i];
    return word;
}

/* FF /2 in its forms of two to four bytes, and that of seven in which E8 may be the middle. */
static bool ends_indirect(const struct code *code)
{
    const unsigned char *end = code->bytes + MOST_BYTES;
    bool two = end[-2] == 0xff && ((end[-1] & 0xf8) == 0xd0 || (end[-1] & 0xf8) == 0x10);
    bool three = end[-3] == 0xff && ((end[-2] & 0xf8) == 0x50 || end[-2] == 0x14);
    bool four = end[-4] == 0xff && end[-3] == 0x54;
    bool seven = end[-7] == 0xff && end[-6] == 0x94;
    return two || three || four || seven;
}

bool calls_find(Elf *elf, uint64_t return_address, uint64_t *target)
{
    GElf_Ehdr header;
    struct code code;
    if (!elf || !gelf_getehdr(elf, &header) || !read_code(elf, return_address, &code))
        return false;
    uint32_t word = word_before(&code);
    if (header.e_machine == EM_X86_64) {
        *target = return_address + (uint64_t)(int64_t)(int32_t)word;
        return code.bytes[MOST_BYTES - 5] == 0xe8 && !ends_indirect(&code);
    }
    if (header.e_machine == EM_AARCH64) {
        uint64_t words = ((uint64_t)(word & 0x03ffffff) ^ 0x02000000) - 0x02000000;
        *target = return_address - 4 + words * 4;
        return (word & 0xfc000000) == 0x94000000;
    }
    return false;
}
