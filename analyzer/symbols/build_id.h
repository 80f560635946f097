/* build_id.h -- Build ids: read from hex, from files, compared.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#ifndef ANALYZER_SYMBOLS_BUILD_ID_H
#define ANALYZER_SYMBOLS_BUILD_ID_H

#include <gelf.h>
#include <stdbool.h>
#include <stddef.h>

struct build_id {
    unsigned char bytes[64];
    size_t length; /* 0: none */
};

/* Length 0 when HEX is NULL, has an odd number of digits, none, or too many. */
struct build_id build_id_parse(const char *hex);

/* Of an ELF file; length 0 when it has none that can be read. */
struct build_id build_id_of(Elf *elf);
struct build_id build_id_of_fd(int fd);

/* Two that are missing are not the same. */
bool build_id_same(const struct build_id *a, const struct build_id *b);

#endif
