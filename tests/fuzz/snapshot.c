/* snapshot.c -- Any bytes as a snapshot: refused with one line, or read without harm.
 *
 * The first byte chooses what is made of it and whether it stands alone or beside itself.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include "fuzz.h"
#include "output.h"

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size)
{
    if (size == 0)
        return 0;
    const char *paths[2] = {output_file(0, bytes + 1, size - 1),
                            output_file(1, bytes + 1, size - 1)};
    output_try(paths, bytes[0] & 0x80 ? 2 : 1, bytes[0] & 0x7f);
    return 0;
}
