/* out.c -- A file that is written in one go and appears only when it is whole.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include "base/out.h"

#include "base/draft.h"
#include "base/json.h"
#include "base/memory.h"
#include "base/progress.h"
#include "base/text.h"
#include "base/units.h"

#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define BUFFER_SIZE ((size_t)256 * 1024)

struct out {
    struct draft draft; /* of stdout: without a path */
    int failure;        /* errno of the first write that failed */
    uint64_t written;
    size_t used;
    struct text json; /* of out_json, kept for its memory */
    char buffer[BUFFER_SIZE];
};

struct out *out_open(const char *path, struct error *error)
{
    struct out *out = memory_zeroed(1, sizeof *out);
    out->draft.file = STDOUT_FILENO;
    if (!path || draft_open(&out->draft, path, error))
        return out;
    free(out);
    return NULL;
}

static void out_flush(struct out *out)
{
    if (!out->failure && !draft_write(&out->draft, out->buffer, out->used))
        out->failure = errno;
    out->used = 0;
    if (out->draft.path)
        progress_say("%s: %s", out->draft.path, units_bytes((int64_t)out->written).text);
}

bool out_close(struct out *out, struct error *error)
{
    out_flush(out);
    struct text name = {0};
    text_add(&name, out->draft.path ? out->draft.path : "the output");
    if (out->draft.path && !out->failure && !draft_finish(&out->draft))
        out->failure = errno;
    bool good = !out->failure;
    if (!good)
        error_set(error, NULL, "cannot write %s: %s", name.bytes, strerror(out->failure));
    text_done(&name);
    out_discard(out);
    return good;
}

void out_discard(struct out *out)
{
    if (out->draft.path)
        draft_discard(&out->draft);
    progress_end();
    text_done(&out->json);
    free(out);
}

void out_bytes(struct out *out, const void *bytes, size_t length)
{
    const char *from = bytes;
    out->written += length;
    while (length > 0) {
        size_t room = BUFFER_SIZE - out->used, part = length < room ? length : room;
        memcpy(out->buffer + out->used, from, part);
        out->used += part;
        from += part;
        length -= part;
        if (out->used == BUFFER_SIZE)
            out_flush(out);
    }
}

void out_text(struct out *out, const char *text)
{
    out_bytes(out, text, strlen(text));
}

void out_format(struct out *out, const char *format, ...)
{
    char text[512];
    va_list arguments;
    va_start(arguments, format);
    int length = vsnprintf(text, sizeof text, format, arguments);
    va_end(arguments);
    out_bytes(out, text, length < (int)sizeof text ? (size_t)length : sizeof text - 1);
}

void out_number(struct out *out, uint64_t number)
{
    char digits[20], *first = digits + sizeof digits;
    do {
        *--first = (char)('0' + number % 10);
        number /= 10;
    } while (number > 0);
    out_bytes(out, first, (size_t)(digits + sizeof digits - first));
}

void out_signed(struct out *out, int64_t number)
{
    if (number < 0)
        out_text(out, "-");
    out_number(out, number < 0 ? -(uint64_t)number : (uint64_t)number);
}

void out_json(struct out *out, const char *text)
{
    out->json.length = 0;
    json_add_string(&out->json, text, JSON_IN_FILE);
    out_bytes(out, out->json.bytes, out->json.length);
}

uint64_t out_length(const struct out *out)
{
    return out->written;
}
