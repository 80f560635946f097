/* proto.h -- Protocol buffers as bytes: numbers, texts, messages in messages.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#ifndef ANALYZER_EXPORT_PROTO_H
#define ANALYZER_EXPORT_PROTO_H

#include "base/text.h"

#include <stdint.h>

/* All add a field to MESSAGE; a number or text that is 0 or "" is the default and left out. */
void proto_number(struct text *message, int field, uint64_t number);
void proto_text(struct text *message, int field, const char *text);

/* Bytes, or a message that was made apart. Never left out. */
void proto_bytes(struct text *message, int field, const char *bytes, size_t length);

/* A number as such: of a packed list. */
void proto_packed(struct text *list, uint64_t number);

#endif
