/* strings.c -- A file's table of texts, each in it once.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include "export/strings.h"

#include <stdlib.h>
#include <string.h>

void strings_done(struct strings *strings)
{
    map_done(&strings->index);
    VEC_DONE(&strings->items);
    pool_free(strings->texts);
}

uint32_t strings_add(struct strings *strings, const char *text)
{
    bool is_new;
    size_t *slot = map_add(&strings->index, text, strlen(text), &is_new);
    if (!strings->texts)
        strings->texts = pool_new();
    if (is_new) {
        *slot = strings->items.count;
        VEC_ADD(&strings->items, pool_text(strings->texts, text));
    }
    return (uint32_t)*slot;
}
