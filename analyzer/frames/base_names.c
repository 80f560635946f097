/* base_names.c -- Names of files without their folders, and which of them several files share.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include "frames/base_names.h"

#include "base/text.h"

#include <stdlib.h>
#include <string.h>

#define MOST_PATHS 64 /* of one base name that are compared with each other */

void base_names_done(struct base_names *names)
{
    for (size_t i = 0; i < names->list.count; i++)
        VEC_DONE(&names->list.items[i].paths);
    VEC_DONE(&names->list);
    map_done(&names->files);
    map_done(&names->bases);
    pool_free(names->pool);
    *names = (struct base_names){0};
}

void base_names_add(struct base_names *names, const char *path)
{
    const char *base = text_base_name(path);
    bool is_new;
    map_add(&names->files, path, strlen(path), &is_new);
    if (!is_new)
        return;
    size_t *slot = map_add(&names->bases, base, strlen(base), &is_new);
    if (is_new) {
        *slot = names->list.count;
        VEC_ADD(&names->list, (struct base_name){0});
    }
    struct base_name *one = &names->list.items[*slot];
    if (one->paths.count >= MOST_PATHS)
        return;
    names->pool = names->pool ? names->pool : pool_new();
    VEC_ADD(&one->paths, pool_text(names->pool, path));
}

/* Whether PATH ends with END, which begins a part of it. */
static bool ends_with(const char *path, const char *end)
{
    size_t length = strlen(path), ending = strlen(end);
    return length >= ending && strcmp(path + length - ending, end) == 0 &&
           (length == ending || path[length - ending - 1] == '/');
}

static bool is_shared(const struct base_name *one, const char *path, const char *end)
{
    for (size_t i = 0; i < one->paths.count; i++) {
        if (strcmp(one->paths.items[i], path) != 0 && ends_with(one->paths.items[i], end))
            return true;
    }
    return false;
}

const char *base_names_shortest(const struct base_names *names, const char *path)
{
    const char *end = text_base_name(path);
    const size_t *slot = names ? map_find(&names->bases, end, strlen(end)) : NULL;
    while (slot && end > path && is_shared(&names->list.items[*slot], path, end)) {
        for (end--; end > path && end[-1] != '/'; end--)
            ;
    }
    return end;
}
