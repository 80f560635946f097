/* package.c -- The installed package that a file belongs to.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include "frames/package.h"

#include "base/text.h"

#include <string.h>

#define MOST_PARTS 3 /* of a Java package: further ones tell apart what one jar holds */

/* Folders of package managers, and how many folders below them a name begins and how many belong
 * to it. */
struct manager {
    const char *folder;
    int skipped;
};
static const struct manager managers[] = {{"node_modules/", 0},  {"site-packages/", 0},
                                          {"dist-packages/", 0}, {".cargo/registry/src/", 1},
                                          {"go/pkg/mod/", 0},    {"gems/", 0}};

/* The text behind the last FOLDER in PATH, which begins a part of the path; NULL: none. */
static const char *behind_last(const char *path, const char *folder)
{
    const char *found = NULL;
    size_t length = strlen(folder);
    for (const char *at = path; (at = strstr(at, folder)) != NULL; at += length) {
        if (at == path || at[-1] == '/')
            found = at + length;
    }
    return found;
}

/* Names of npm may have a scope, those of Go end with a version. */
static size_t name_length(const char *name)
{
    size_t length = strcspn(name, "/");
    const char *version = strchr(name, '@');
    if (name[0] == '@' && name[length])
        return length + 1 + strcspn(name + length + 1, "/");
    if (version && version > name + length && strchr(name, '.') < name + length)
        return (size_t)(version - name) + strcspn(version, "/");
    return length;
}

const char *package_find(const char *path, size_t *length)
{
    const char *best = NULL;
    for (size_t i = 0; path && i < sizeof managers / sizeof *managers; i++) {
        const char *name = behind_last(path, managers[i].folder);
        for (int skip = managers[i].skipped; name && skip > 0; skip--) {
            name = strchr(name, '/');
            name = name ? name + 1 : NULL;
        }
        if (name && *name && name > best)
            best = name;
    }
    if (best)
        *length = name_length(best);
    return best && *length > 0 ? best : NULL;
}

static bool ends(const char *text, size_t length, const char *end)
{
    size_t ending = strlen(end);
    return length > ending && memcmp(text + length - ending, end, ending) == 0;
}

const char *package_name(const char *path, struct pool *pool)
{
    size_t length;
    const char *name = package_find(path, &length);
    if (!name)
        return NULL;
    const char *so = strstr(name, ".so");
    if (ends(name, length, ".libs"))
        length -= strlen(".libs"); /* the shared libraries of a wheel */
    else if (ends(name, length, ".py"))
        length -= strlen(".py");
    else if (so && so < name + length) /* x.cpython-311-x86_64-linux-gnu.so */
        length = strcspn(name, ".");
    return length > 0 ? pool_text_n(pool, name, length) : NULL;
}

const char *package_of_method(const char *method, struct pool *pool)
{
    const char *end = strrchr(method, '.'), *at = method;
    while (end && end > method && end[-1] != '.') /* the class */
        end--;
    if (!end || end <= method + 1)
        return NULL;
    end--;
    for (int parts = 0; at < end && parts < MOST_PARTS; parts++) {
        const char *dot = memchr(at, '.', (size_t)(end - at));
        at = dot ? dot + 1 : end + 1;
    }
    return pool_text_n(pool, method, (size_t)(at - 1 - method));
}

bool package_is_language(const char *module)
{
    static const char *const names[] = {"libc.",     "libc-2",    "libc++", "libstdc++.",
                                        "libgcc_s.", "libm.",     "libm-2", "libpthread",
                                        "libdl",     "ld-linux",  "ld-2",   "linux-vdso",
                                        "[vdso]",    "libstdc++", "librt.", "ld-musl"};
    const char *base = text_base_name(module);
    for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
        if (text_starts(base, names[i]))
            return true;
    }
    return false;
}
