/* heap_property.c -- Names of properties in names of classes.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include "heapsnapshot/heap_property.h"

#include <string.h>

size_t heap_property_length(const char *bytes, size_t length)
{
    size_t units = 0;
    for (size_t i = 0; i < length; i++) {
        unsigned char byte = (unsigned char)bytes[i];
        units += (byte & 0xc0) != 0x80;
        units += byte >= 0xf0; /* a pair of surrogates */
    }
    return units;
}

/* As JSON.stringify writes it. Half a pair of surrogates is escaped there; in our UTF-8 it is three
 * bytes that begin with 0xed 0xa0 or more. */
static void add_quoted(const char *name, struct text *out)
{
    static const char letters[] = "btnvfr"; /* of 8 to 13; v is not JSON's */
    text_add(out, "\"");
    for (const unsigned char *at = (const unsigned char *)name; *at; at++) {
        if (*at == '"' || *at == '\\')
            text_format(out, "\\%c", *at);
        else if (*at >= 8 && *at <= 13 && *at != 11)
            text_format(out, "\\%c", letters[*at - 8]);
        else if (*at < 0x20)
            text_format(out, "\\u%04x", *at);
        else if (*at == 0xed && at[1] >= 0xa0 && at[2]) {
            text_format(out, "\\u%04x", 0xd000u | (at[1] & 0x3fu) << 6 | (at[2] & 0x3fu));
            at += 2;
        } else
            text_add_n(out, (const char *)at, 1);
    }
    text_add(out, "\"");
}

size_t heap_property_format(const char *name, struct text *out)
{
    size_t before = out->length;
    if (strpbrk(name, ",'\"{}"))
        add_quoted(name, out);
    else
        text_add(out, name);
    return heap_property_length(out->bytes + before, out->length - before);
}
