/* heap_file.c -- Maps the file and finds its arrays by the quotes before and after them.
 *
 * V8 writes the arrays in a fixed order, and all but "strings" hold numbers and brackets alone. So
 * the next quote is the next key, and memchr finds it as fast as memory can be read.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include "heapsnapshot/heap_file.h"

#include "base/memory.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#define HEAD 4096 /* of a heap snapshot, "snapshot" is the first key */

static const char *const section_names[HEAP_SECTION_COUNT] = {
    "nodes", "edges", "locations", "scopes", "scope_context_vars", "scope_uses", "strings"};

const char *heap_file_section_name(enum heap_section section)
{
    return section_names[section];
}

static bool is_space(char c)
{
    return c == ' ' || c == '\n' || c == '\r' || c == '\t';
}

static const char *skip_space(const char *at, const char *end)
{
    while (at < end && is_space(*at))
        at++;
    return at;
}

static bool refuse(const struct heap_file *file, const char *what, struct error *error)
{
    return error_set(error, "V8 writes heap snapshots: v8.writeHeapSnapshot(), DevTools",
                     "%s is not a heap snapshot: %s", file->path, what);
}

static bool refuse_truncated(const struct heap_file *file, const char *what, struct error *error)
{
    return error_set(error, "take it again: its writer has not finished",
                     "%s is truncated: it ends %s", file->path, what);
}

static bool map(struct heap_file *file, struct error *error)
{
    int number = open(file->path, O_RDONLY | O_CLOEXEC | O_NONBLOCK);
    struct stat status;
    if (number < 0 || fstat(number, &status) != 0) {
        error_set(error, NULL, "cannot read %s: %s", file->path, strerror(errno));
        if (number >= 0)
            close(number);
        return false;
    }
    void *bytes = MAP_FAILED;
    if (S_ISREG(status.st_mode) && status.st_size > 0)
        bytes = mmap(NULL, (size_t)status.st_size, PROT_READ, MAP_PRIVATE, number, 0);
    close(number);
    if (bytes == MAP_FAILED)
        return refuse(file, S_ISREG(status.st_mode) ? "it is empty" : "it is no regular file",
                      error);
    file->bytes = bytes;
    file->size = (size_t)status.st_size;
    return true;
}

/* The end of the object that begins at AT: behind its last brace. NULL: it does not end. */
static const char *end_of_object(const char *at, const char *end)
{
    int depth = 0;
    bool in_string = false;
    for (; at < end; at++) {
        if (in_string) {
            if (*at == '\\')
                at++;
            else if (*at == '"')
                in_string = false;
        } else if (*at == '"') {
            in_string = true;
        } else if (*at == '{') {
            depth++;
        } else if (*at == '}' && --depth == 0) {
            return at + 1;
        }
    }
    return NULL;
}

static bool find_header(struct heap_file *file, struct error *error)
{
    static const char key[] = "\"snapshot\"";
    const char *end = file->bytes + file->size;
    if (file->size >= 2 && memcmp(file->bytes, "\x1f\x8b", 2) == 0)
        return error_set(error, "unpack it first: gunzip FILE", "%s is compressed by gzip",
                         file->path);
    const char *at = skip_space(file->bytes, end);
    if (at == end || *at != '{')
        return refuse(file, "it is no JSON object", error);
    size_t head = file->size < HEAD ? file->size : HEAD;
    at = memmem(file->bytes, head, key, sizeof key - 1);
    if (!at)
        return refuse(file, "it does not begin with \"snapshot\"", error);
    at = skip_space(at + sizeof key - 1, end);
    if (at < end && *at == ':')
        at = skip_space(at + 1, end);
    if (at < end && *at != '{')
        return refuse(file, "\"snapshot\" is no object", error);
    file->header.bytes = at;
    at = at < end ? end_of_object(at, end) : NULL;
    if (!at)
        return refuse_truncated(file, "in its header", error);
    file->header.length = (size_t)(at - file->header.bytes);
    return true;
}

/* The last ']' in front of AT, behind BEGIN; NULL: none. */
static const char *last_bracket(const char *begin, const char *at)
{
    return at > begin ? memrchr(begin, ']', (size_t)(at - begin)) : NULL;
}

/* Notes the array that begins at AT under its KEY; what is not needed has no place. */
static void note_section(struct heap_file *file, const char *key, size_t length,
                         struct heap_part part)
{
    for (int i = 0; i < HEAP_SECTION_COUNT; i++) {
        bool same = strlen(section_names[i]) == length && !memcmp(section_names[i], key, length);
        if (same && !file->sections[i].bytes)
            file->sections[i] = part;
    }
}

/* Reads `"key": [` at AT, a quote. NULL: something else is there. */
static const char *read_key(const char *at, const char *end, struct heap_part *key)
{
    key->bytes = ++at;
    at = memchr(at, '"', (size_t)(end - at));
    if (!at)
        return NULL;
    key->length = (size_t)(at - key->bytes);
    at = skip_space(at + 1, end);
    if (at == end || *at != ':')
        return NULL;
    at = skip_space(at + 1, end);
    return at < end && *at == '[' ? at + 1 : NULL;
}

static bool find_sections(struct heap_file *file, struct error *error)
{
    const char *end = file->bytes + file->size;
    const char *at = file->header.bytes + file->header.length;
    while ((at = memchr(at, '"', (size_t)(end - at))) != NULL) {
        struct heap_part key, part = {0};
        part.bytes = read_key(at, end, &key);
        if (!part.bytes)
            return refuse_truncated(file, "between two arrays, or something else follows", error);
        bool is_last = key.length == 7 && memcmp(key.bytes, "strings", 7) == 0;
        at = is_last ? end : memchr(part.bytes, '"', (size_t)(end - part.bytes));
        const char *close = last_bracket(part.bytes, at ? at : end);
        if (!close || !at)
            return refuse_truncated(file, "before \"strings\" does", error);
        part.length = (size_t)(close - part.bytes);
        note_section(file, key.bytes, key.length, part);
        if (is_last)
            break;
    }
    if (!file->sections[HEAP_SECTION_NODES].bytes)
        return refuse_truncated(file, "before its nodes", error);
    if (!file->sections[HEAP_SECTION_EDGES].bytes)
        return refuse_truncated(file, "before its edges", error);
    if (!file->sections[HEAP_SECTION_STRINGS].bytes)
        return refuse_truncated(file, "before its strings", error);
    return true;
}

bool heap_file_open(struct heap_file *file, const char *path, struct error *error)
{
    *file = (struct heap_file){.path = strdup(path)};
    return map(file, error) && find_header(file, error) && find_sections(file, error);
}

void heap_file_close(struct heap_file *file)
{
    if (file->bytes)
        munmap((void *)file->bytes, file->size);
    free(file->path);
    *file = (struct heap_file){0};
}
