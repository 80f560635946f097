/* heap_names.c -- Strings of the file: indexed once, decoded when they are asked for.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include "heapsnapshot/heap_names.h"

#include "heapsnapshot/heap_ephemeron.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* What lies in the file of name INDEX: LENGTH bytes, escapes and all. */
static const char *raw(const struct heap_names *names, uint32_t index, size_t *length)
{
    if (index >= names->count) {
        *length = strlen(names->added.items[index - names->count]);
        return names->added.items[index - names->count];
    }
    const char *begin = names->bytes + names->at[index], *end = begin;
    while (*end != '"')
        end += *end == '\\' ? 2 : 1;
    *length = (size_t)(end - begin);
    return begin;
}

/* ---- Decoding JSON ----------------------------------------------------------------------------
 */

static void add_character(struct text *text, uint32_t character)
{
    char bytes[4];
    size_t length = 0;
    if (character < 0x80) {
        bytes[length++] = (char)character;
    } else if (character < 0x800) {
        bytes[length++] = (char)(0xc0 | character >> 6);
        bytes[length++] = (char)(0x80 | (character & 63));
    } else {
        if (character >= 0x10000)
            bytes[length++] = (char)(0xf0 | character >> 18);
        bytes[length++] = character >= 0x10000 ? (char)(0x80 | (character >> 12 & 63))
                                               : (char)(0xe0 | character >> 12);
        bytes[length++] = (char)(0x80 | (character >> 6 & 63));
        bytes[length++] = (char)(0x80 | (character & 63));
    }
    text_add_n(text, bytes, length);
}

/* Four hexadecimal digits at AT; -1: they are not there. */
static long hex(const char *at, const char *end)
{
    long value = 0;
    for (int i = 0; i < 4; i++, at++) {
        int digit = at >= end                  ? -1
                    : *at >= '0' && *at <= '9' ? *at - '0'
                    : *at >= 'a' && *at <= 'f' ? *at - 'a' + 10
                    : *at >= 'A' && *at <= 'F' ? *at - 'A' + 10
                                               : -1;
        if (digit < 0)
            return -1;
        value = value * 16 + digit;
    }
    return value;
}

/* The escape whose backslash is before AT; returns what follows it. */
static const char *add_escape(struct text *text, const char *at, const char *end)
{
    static const char letters[] = "bfnrt", values[] = "\b\f\n\r\t";
    const char *letter = *at ? strchr(letters, *at) : NULL;
    if (*at != 'u') {
        text_add_n(text, letter ? &values[letter - letters] : at, 1);
        return at + 1;
    }
    long first = hex(at + 1, end);
    if (first < 0)
        return at + 1;
    at += 5;
    if (first >= 0xd800 && first < 0xdc00 && end - at >= 6 && at[0] == '\\' && at[1] == 'u') {
        long second = hex(at + 2, end);
        if (second >= 0xdc00 && second < 0xe000) {
            first = 0x10000 + ((first - 0xd800) << 10) + (second - 0xdc00);
            at += 6;
        }
    }
    add_character(text, first == 0 ? 0xfffd : (uint32_t)first); /* a zero would end the text */
    return at;
}

void heap_names_text(const struct heap_names *names, uint32_t index, struct text *text)
{
    size_t length;
    const char *at = raw(names, index, &length), *end = at + length;
    while (at < end) {
        const char *escape = index < names->count ? memchr(at, '\\', (size_t)(end - at)) : NULL;
        text_add_n(text, at, (size_t)((escape ? escape : end) - at));
        at = escape ? add_escape(text, escape + 1, end) : end;
    }
    text_add(text, "");
}

const char *heap_names_in(const struct heap_names *names, uint32_t index, struct text *more)
{
    more->length = 0;
    heap_names_text(names, index, more);
    return more->bytes;
}

bool heap_names_start(const struct heap_names *names, uint32_t index, const char *start)
{
    size_t length, wanted = strlen(start);
    const char *bytes = raw(names, index, &length);
    return length >= wanted && memcmp(bytes, start, wanted) == 0;
}

bool heap_names_equal(const struct heap_names *names, uint32_t index, const char *text)
{
    size_t length;
    const char *bytes = raw(names, index, &length);
    return length == strlen(text) && memcmp(bytes, text, length) == 0;
}

/* ---- Kinds --------------------------------------------------------------------------------------
 */

struct wanted {
    const char *text;
    bool is_start;
    uint16_t kind;
};

static const struct wanted wanted_names[] = {
    {"Object", false, HEAP_NAME_OBJECT},
    {"<", true, HEAP_NAME_TAG},
    {"Detached <", true, HEAP_NAME_DETACHED_TAG},
    {"Detached ", true, HEAP_NAME_DETACHED},
    {"Detached system / NativeContext", false, HEAP_NAME_NATIVE_CONTEXTS},
    {"Detached system / NativeContext / ", true, HEAP_NAME_NATIVE_CONTEXTS},
    {"(map descriptors)", false, HEAP_NAME_DESCRIPTORS},
    {"(Document DOM trees)", false, HEAP_NAME_DOM_TREES},
    {"(Stack roots)", false, HEAP_NAME_MOMENT},
    {"(Handle scope)", false, HEAP_NAME_MOMENT},
    {"(Strong roots)", false, HEAP_NAME_MOMENT},
    {"(Internalized strings)", false, HEAP_NAME_MOMENT},
    {"sloppy_function_map", false, HEAP_NAME_SLOPPY_MAP},
    {"system / Context", false, HEAP_NAME_CONTEXT},
    {"system / Context / ", true, HEAP_NAME_CONTEXT},
    {"system / NativeContext", false, HEAP_NAME_NATIVE_CONTEXT | HEAP_NAME_NATIVE_CONTEXTS},
    {"system / NativeContext / ", true, HEAP_NAME_NATIVE_CONTEXTS},
    {"system / ExternalStringData", false, HEAP_NAME_EXTERNAL_STRING},
    {"__proto__", false, HEAP_NAME_PROTO},
    {"truncated", false, HEAP_NAME_TRUNCATED},
};

static uint16_t kind_of(const struct heap_names *names, const char *bytes, size_t length)
{
    uint16_t kind = 0;
    if (length == 0 || !strchr("O<D(s_t", bytes[0]))
        return 0;
    for (size_t i = 0; i < sizeof wanted_names / sizeof *wanted_names; i++) {
        const struct wanted *wanted = &wanted_names[i];
        size_t need = strlen(wanted->text);
        if ((wanted->is_start ? length >= need : length == need) &&
            memcmp(bytes, wanted->text, need) == 0)
            kind |= wanted->kind;
    }
    return kind;
}

static uint16_t note_ephemeron(struct heap_names *names, uint32_t index, const char *bytes,
                               size_t length)
{
    struct heap_ephemeron ephemeron;
    size_t part;
    if (!heap_ephemeron_parse(bytes, length, &part, &ephemeron.table))
        return HEAP_NAME_NUMBER;
    bool is_new;
    size_t *pair = map_add(&names->pairs, bytes + part, length - part, &is_new);
    if (is_new)
        *pair = names->pairs.count - 1;
    ephemeron.pair = (uint32_t)*pair;
    VEC_ADD(&names->ephemerons, ephemeron);
    VEC_ADD(&names->ephemeron_names, index);
    return HEAP_NAME_EPHEMERON | HEAP_NAME_NUMBER;
}

const struct heap_ephemeron *heap_names_ephemeron(const struct heap_names *names, uint32_t index)
{
    size_t low = 0, high = names->ephemeron_names.count;
    while (high - low > 1) {
        size_t middle = low + (high - low) / 2;
        if (names->ephemeron_names.items[middle] <= index)
            low = middle;
        else
            high = middle;
    }
    return &names->ephemerons.items[low];
}

/* ---- The index ----------------------------------------------------------------------------------
 */

static void grow(struct heap_names *names, size_t *room)
{
    if (names->count < *room)
        return;
    *room = *room ? *room * 2 : 4096;
    names->at = memory_resize(names->at, *room, sizeof *names->at);
    names->kinds = memory_resize(names->kinds, *room, sizeof *names->kinds);
}

/* The quote that ends the string at AT; NULL: there is none before END. */
static const char *end_of_string(const char *at, const char *end)
{
    const char *quote = memchr(at, '"', (size_t)(end - at));
    const char *slash;
    while (quote && (slash = memchr(at, '\\', (size_t)(quote - at))) != NULL) {
        at = slash + 2; /* what is escaped may be the quote */
        if (at > quote)
            quote = at < end ? memchr(at, '"', (size_t)(end - at)) : NULL;
    }
    return quote;
}

static bool index_strings(struct heap_names *names, const char *begin, const char *end)
{
    size_t room = 0;
    const char *at = begin;
    for (bool first = true;; first = false) {
        at += strspn(at, " \n\r\t"); /* the array's ']' ends it */
        if (at == end)
            return names->count > 0;
        if (!first) {
            if (*at++ != ',')
                return false;
            at += strspn(at, " \n\r\t");
        }
        if (*at != '"')
            return false;
        const char *string = ++at;
        at = end_of_string(at, end);
        if (!at)
            return false;
        grow(names, &room);
        size_t length = (size_t)(at - string);
        uint32_t index = names->count++;
        names->at[index] = (uint32_t)(string - begin);
        names->kinds[index] = length > 0 && string[0] >= '0' && string[0] <= '9'
                                  ? note_ephemeron(names, index, string, length)
                                  : kind_of(names, string, length);
        at++;
    }
}

bool heap_names_read(struct heap_names *names, const struct heap_file *file, struct error *error)
{
    const struct heap_part *part = &file->sections[HEAP_SECTION_STRINGS];
    names->bytes = part->bytes;
    if (part->length >= UINT32_MAX)
        return error_set(error, NULL, "%s: its strings have more than 4 GiB", file->path);
    if (index_strings(names, part->bytes, part->bytes + part->length))
        return true;
    return error_set(error, "it is truncated or damaged: take it again",
                     "%s: \"strings\" is no list of strings after %u of them", file->path,
                     names->count);
}

void heap_names_done(struct heap_names *names)
{
    free(names->at);
    free(names->kinds);
    for (size_t i = 0; i < names->added.count; i++)
        free(names->added.items[i]);
    VEC_DONE(&names->added);
    VEC_DONE(&names->added_kinds);
    VEC_DONE(&names->ephemerons);
    VEC_DONE(&names->ephemeron_names);
    map_done(&names->pairs);
}

uint32_t heap_names_add(struct heap_names *names, const char *text)
{
    VEC_ADD(&names->added, strdup(text));
    VEC_ADD(&names->added_kinds, kind_of(names, text, strlen(text)));
    return names->count + (uint32_t)names->added.count - 1;
}
