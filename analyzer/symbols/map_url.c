/* map_url.c -- URLs in and of source maps, as paths.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include "symbols/map_url.h"

#include <ctype.h>
#include <string.h>

static int sextet(char c)
{
    static const char digits[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    const char *at = c ? strchr(digits, c) : NULL;
    return at ? (int)(at - digits) : -1;
}

static bool decode_base64(const char *text, struct text *out)
{
    unsigned value = 0;
    int bits = 0;
    for (; *text && *text != '='; text++) {
        int six = sextet(*text);
        if (six < 0)
            return false;
        value = (value << 6 | (unsigned)six) & 0xffff;
        bits += 6;
        if (bits >= 8) {
            bits -= 8;
            const char byte = (char)(value >> bits & 0xff);
            text_add_n(out, &byte, 1);
        }
    }
    return text[strspn(text, "=")] == '\0';
}

static int hex_digit(char c)
{
    return isdigit((unsigned char)c)    ? c - '0'
           : isxdigit((unsigned char)c) ? (c | 32) - 'a' + 10
                                        : -1;
}

/* %20 becomes a blank; a zero byte is kept as it is written. */
static void add_plain(const char *text, struct text *out)
{
    for (; *text; text++) {
        bool is_escaped = text[0] == '%' && hex_digit(text[1]) >= 0 && hex_digit(text[2]) >= 0;
        char byte = is_escaped ? (char)(hex_digit(text[1]) * 16 + hex_digit(text[2])) : *text;
        text_add_n(out, byte ? &byte : text, 1);
        text += is_escaped && byte ? 2 : 0;
    }
}

bool map_url_is_data(const char *url)
{
    return text_starts(url, "data:");
}

bool map_url_decode(const char *url, struct text *out)
{
    const char *comma = strchr(url, ',');
    if (!map_url_is_data(url) || !comma)
        return false;
    text_add(out, "");
    if (comma - url >= 7 && strncmp(comma - 7, ";base64", 7) == 0)
        return decode_base64(comma + 1, out);
    add_plain(comma + 1, out);
    return true;
}

/* Takes the last part off PATH, which begins at START. */
static void drop_part(struct text *path)
{
    size_t length = path->length;
    while (length > 0 && path->bytes[length - 1] != '/')
        length--;
    length -= length > 0;
    path->length = length;
    path->bytes[length] = '\0';
}

/* Without "." and "..": a path is compared with others, and shown. */
static const char *without_dots(const char *path, struct pool *pool)
{
    struct text out = {0};
    text_add(&out, "");
    bool is_absolute = path[0] == '/';
    for (const char *part = path; *part;) {
        size_t length = strcspn(part, "/");
        bool is_up = length == 2 && memcmp(part, "..", 2) == 0;
        if (is_up && (is_absolute || out.length > 0)) {
            drop_part(&out);
        } else if (length > 0 && !is_up && !(length == 1 && *part == '.')) {
            text_add(&out, out.length > 0 || is_absolute ? "/" : "");
            text_add_n(&out, part, length);
        }
        part += length + (part[length] == '/');
    }
    const char *result = pool_text(pool, is_absolute && out.length == 0 ? "/" : out.bytes);
    text_done(&out);
    return result;
}

static const char *seen_from(const char *folder, const char *path, struct pool *pool)
{
    return without_dots(path[0] == '/' ? path : pool_format(pool, "%s%s", folder, path), pool);
}

/* "scheme:" in front; its length with the colon, 0 for a path. */
static size_t scheme_length(const char *url)
{
    size_t length = 0;
    while (isalnum((unsigned char)url[length]) ||
           (length > 0 && strchr("+-.", url[length]) && url[length]))
        length++;
    return length > 1 && url[length] == ':' ? length + 1 : 0;
}

const char *map_url_path(const char *url, const char *folder, struct pool *pool)
{
    struct text plain = {0};
    bool is_file = text_starts(url, "file:///");
    if ((scheme_length(url) > 0 && !is_file) || text_starts(url, "//"))
        return NULL;
    add_plain(is_file ? url + strlen("file://") : url, &plain);
    const char *path = plain.bytes ? seen_from(folder, plain.bytes, pool) : NULL;
    text_done(&plain);
    return path;
}

const char *map_url_source(const char *source, const char *folder, struct pool *pool)
{
    size_t scheme = scheme_length(source);
    const char *path = map_url_path(source, folder, pool);
    if (path)
        return path;
    const char *rest = source + scheme + strspn(source + scheme, "/");
    const char *dotted = strstr(rest, "/./");
    if (scheme > 0 && dotted) /* webpack://app/./src/x.ts; turbopack:///[project]/src/x.ts */
        rest = dotted + 1;
    return without_dots(*rest ? rest : source, pool);
}
