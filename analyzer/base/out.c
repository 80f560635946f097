/* out.c -- A file that is written in one go and appears only when it is whole.
 *
 * The file has no name while it is written (O_TMPFILE), so that nothing is left behind however the
 * program ends. Where the file system cannot do that it has another name meanwhile. Only pipes and
 * devices are written to as they are.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include "base/out.h"

#include "base/memory.h"
#include "base/place.h"
#include "base/progress.h"
#include "base/text.h"
#include "base/units.h"

#include <errno.h>
#include <fcntl.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define BUFFER_SIZE ((size_t)256 * 1024)

struct out {
    char *path;      /* NULL: stdout */
    char *temporary; /* name until the file is whole; NULL for stdout, pipes and devices */
    int file;
    bool is_nameless; /* not even that one yet */
    int failure;      /* errno of the first write that failed */
    uint64_t written;
    size_t used;
    struct text clean; /* of out_json, kept for its memory */
    char buffer[BUFFER_SIZE];
};

static void open_regular(struct out *out)
{
    if (asprintf(&out->temporary, "%s.%ld.part", out->path, (long)getpid()) < 0)
        abort();
    char *folder = strdup(out->path);
    char *slash = folder ? strrchr(folder, '/') : NULL;
    if (slash)
        slash[1] = '\0'; /* "/name" is in "/" */
    out->file = open(slash ? folder : ".", O_TMPFILE | O_WRONLY | O_CLOEXEC, 0666);
    out->is_nameless = out->file >= 0;
    free(folder);
    if (out->file < 0 && (errno == EOPNOTSUPP || errno == EISDIR))
        out->file = place_open_part(out->temporary);
}

static bool open_file(struct out *out, const char *path, struct error *error)
{
    struct text real = {0};
    bool is_stream = false, good = place_find(path, &real, &is_stream, error);
    out->path = strdup(good ? real.bytes : path);
    if (good && is_stream)
        out->file = open(path, O_WRONLY | O_CLOEXEC);
    else if (good)
        open_regular(out);
    if (good && out->file < 0)
        error_set(error, NULL, "cannot write %s: %s", path, strerror(errno));
    text_done(&real);
    return out->file >= 0;
}

struct out *out_open(const char *path, struct error *error)
{
    struct out *out = memory_zeroed(1, sizeof *out);
    out->file = STDOUT_FILENO;
    if (!path)
        return out;
    out->file = -1;
    if (open_file(out, path, error))
        return out;
    out_discard(out);
    return NULL;
}

static void flush(struct out *out)
{
    size_t done = 0;
    while (done < out->used && !out->failure) {
        ssize_t count = write(out->file, out->buffer + done, out->used - done);
        if (count > 0)
            done += (size_t)count;
        else if (errno != EINTR)
            out->failure = errno;
    }
    out->used = 0;
    if (out->path)
        progress_say("%s: %s", out->path, units_bytes((int64_t)out->written).text);
}

/* A file of that name is replaced, never missing. */
static void put_in_place(struct out *out)
{
    char self[64];
    snprintf(self, sizeof self, "/proc/self/fd/%d", out->file);
    if (out->is_nameless) {
        unlink(out->temporary);
        if (linkat(AT_FDCWD, self, AT_FDCWD, out->temporary, AT_SYMLINK_FOLLOW) != 0)
            out->failure = errno;
        out->is_nameless = out->failure != 0;
    }
    if (!out->failure && !place_put(out->temporary, out->path))
        out->failure = errno;
}

bool out_close(struct out *out, struct error *error)
{
    flush(out);
    if (out->temporary && !out->failure)
        put_in_place(out);
    bool good = !out->failure;
    if (!good)
        error_set(error, NULL, "cannot write %s: %s", out->path ? out->path : "the output",
                  strerror(out->failure));
    out_discard(out);
    return good;
}

void out_discard(struct out *out)
{
    progress_end();
    if (out->temporary && !out->is_nameless)
        unlink(out->temporary); /* gone already when it was put in place */
    if (out->path && out->file >= 0)
        close(out->file);
    text_done(&out->clean);
    free(out->temporary);
    free(out->path);
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
            flush(out);
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
    out->clean.length = 0;
    text_add_clean(&out->clean, text, false);
    out_text(out, "\"");
    for (const char *c = out->clean.bytes; *c;) {
        size_t plain = 0;
        while (c[plain] && (unsigned char)c[plain] >= 0x20 && c[plain] != '"' && c[plain] != '\\')
            plain++;
        out_bytes(out, c, plain);
        c += plain;
        if (*c)
            out_format(out, (unsigned char)*c < 0x20 ? "\\u%04x" : "\\%c", (unsigned char)*c);
        c += *c != '\0';
    }
    out_text(out, "\"");
}

uint64_t out_length(const struct out *out)
{
    return out->written;
}
