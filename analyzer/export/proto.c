/* proto.c -- Protocol buffers as bytes: numbers, texts, messages in messages.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include "export/proto.h"

#include <string.h>

enum wire_type { WIRE_VARINT = 0, WIRE_BYTES = 2 };

void proto_packed(struct text *list, uint64_t number)
{
    char bytes[10];
    size_t length = 0;
    for (; number >= 0x80; number >>= 7)
        bytes[length++] = (char)(number | 0x80);
    bytes[length++] = (char)number;
    text_add_n(list, bytes, length);
}

static void add_tag(struct text *message, int field, enum wire_type type)
{
    proto_packed(message, (uint64_t)field << 3 | type);
}

void proto_number(struct text *message, int field, uint64_t number)
{
    if (number == 0)
        return;
    add_tag(message, field, WIRE_VARINT);
    proto_packed(message, number);
}

void proto_bytes(struct text *message, int field, const char *bytes, size_t length)
{
    add_tag(message, field, WIRE_BYTES);
    proto_packed(message, length);
    text_add_n(message, bytes, length);
}

void proto_text(struct text *message, int field, const char *text)
{
    if (*text)
        proto_bytes(message, field, text, strlen(text));
}
