/* build_id.c -- Build ids: read from hex, from files, compared.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include "symbols/build_id.h"

#include <elfutils/libdwelf.h>
#include <string.h>

static int digit(char c)
{
    static const char digits[] = "0123456789abcdef";
    const char *at = c ? strchr(digits, c) : NULL;
    return at ? (int)(at - digits) : -1;
}

struct build_id build_id_parse(const char *hex)
{
    struct build_id id = {.length = hex ? strlen(hex) / 2 : 0};
    if (!hex || strlen(hex) % 2 != 0 || id.length > sizeof id.bytes)
        return (struct build_id){.length = 0};
    for (size_t i = 0; i < id.length; i++) {
        int high = digit(hex[2 * i]), low = digit(hex[2 * i + 1]);
        if (high < 0 || low < 0)
            return (struct build_id){.length = 0};
        id.bytes[i] = (unsigned char)(high << 4 | low);
    }
    return id;
}

struct build_id build_id_of(Elf *elf)
{
    struct build_id id = {.length = 0};
    const void *bytes;
    ssize_t length = elf ? dwelf_elf_gnu_build_id(elf, &bytes) : -1;
    if (length > 0 && (size_t)length <= sizeof id.bytes) {
        id.length = (size_t)length;
        memcpy(id.bytes, bytes, id.length);
    }
    return id;
}

struct build_id build_id_of_fd(int fd)
{
    elf_version(EV_CURRENT); /* or libelf refuses everything */
    Elf *elf = elf_begin(fd, ELF_C_READ_MMAP, NULL);
    struct build_id id = build_id_of(elf);
    elf_end(elf);
    return id;
}

bool build_id_same(const struct build_id *a, const struct build_id *b)
{
    return a->length > 0 && a->length == b->length && memcmp(a->bytes, b->bytes, a->length) == 0;
}
