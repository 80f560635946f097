/* out.h -- A file that is written in one go and appears only when it is whole.
 *
 * out_close reports the first error; bytes after it are dropped.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#ifndef ANALYZER_BASE_OUT_H
#define ANALYZER_BASE_OUT_H

#include "base/error.h"

#include <stddef.h>
#include <stdint.h>

struct out;

/* PATH is replaced when OUT is closed; NULL stands for stdout. NULL with ERROR filled when it
 * cannot be made. */
struct out *out_open(const char *path, struct error *error);

/* Puts the file in its place. False with ERROR filled when some of it could not be written: then
 * PATH is as it was. */
bool out_close(struct out *out, struct error *error);

/* Ends OUT; PATH stays as it was. */
void out_discard(struct out *out);

void out_bytes(struct out *out, const void *bytes, size_t length);
void out_text(struct out *out, const char *text);
void out_format(struct out *out, const char *format, ...) __attribute__((format(printf, 2, 3)));
void out_number(struct out *out, uint64_t number); /* in decimal digits */
void out_signed(struct out *out, int64_t number);

/* TEXT as a JSON string in valid UTF-8. */
void out_json(struct out *out, const char *text);

/* Bytes so far. */
uint64_t out_length(const struct out *out);

#endif
