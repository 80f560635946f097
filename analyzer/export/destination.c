/* destination.c -- Where exports go: what a folder is, how it is made, names of the files in it.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include "export/destination.h"

#include "base/memory.h"

#include <ctype.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

bool destination_is_folder(const char *target)
{
    struct stat status;
    size_t length = strlen(target);
    return (length > 0 && target[length - 1] == '/') ||
           (stat(target, &status) == 0 && S_ISDIR(status.st_mode));
}

bool destination_may_be_folder(const char *target)
{
    struct stat status;
    return destination_is_folder(target) ||
           (!strchr(text_base_name(target), '.') && lstat(target, &status) != 0);
}

/* Makes the folder that the first LENGTH bytes of the path name, unless it is there. */
static bool make_part(struct destination_folder *folder, size_t length)
{
    struct stat status;
    char after = folder->path[length];
    folder->path[length] = '\0';
    bool is_new = mkdir(folder->path, 0777) == 0;
    int failure = errno;
    bool good = is_new || (stat(folder->path, &status) == 0 && S_ISDIR(status.st_mode));
    folder->path[length] = after;
    errno = failure;
    if (is_new && folder->first == 0)
        folder->first = length;
    return good;
}

bool destination_make(struct destination_folder *folder, const char *path, struct error *error)
{
    size_t length = strlen(path);
    *folder = (struct destination_folder){.path = memory_zeroed(length + 1, 1)};
    memcpy(folder->path, path, length);
    for (size_t i = 1; i <= length; i++) {
        bool ends = folder->path[i] == '/' || i == length;
        if (!ends || folder->path[i - 1] == '/' || make_part(folder, i))
            continue;
        error_set(error, NULL, "cannot make the folder %s: %s", path,
                  strerror(errno == EEXIST ? ENOTDIR : errno));
        destination_done(folder, false);
        return false;
    }
    return true;
}

void destination_done(struct destination_folder *folder, bool keep)
{
    size_t length = folder->path && !keep && folder->first > 0 ? strlen(folder->path) : 0;
    for (; length >= folder->first && length > 0; length--) {
        bool ends = folder->path[length] == '/' || folder->path[length] == '\0';
        if (!ends || folder->path[length - 1] == '/')
            continue;
        folder->path[length] = '\0';
        if (rmdir(folder->path) != 0) /* something is in it */
            break;
    }
    free(folder->path);
    *folder = (struct destination_folder){0};
}

/* The label of the snapshot, or another text that identifies it. */
static void add_label(struct text *name, const struct store_facts *facts)
{
    const char *label = *facts->label ? facts->label : facts->reason;
    size_t length = 0;
    for (const char *c = label; *c && length < 60; c++, length++) {
        bool is_plain = isalnum((unsigned char)*c) || strchr("._-", *c);
        text_add_n(name, is_plain ? c : "-", 1);
    }
}

void destination_name(const char *target, const char *ending, size_t number,
                      const struct store_facts *facts, struct text *name)
{
    if (!destination_is_folder(target)) {
        text_add(name, target);
        return;
    }
    bool has_slash = target[strlen(target) - 1] == '/';
    text_format(name, "%s%s%02zu-", target, has_slash ? "" : "/", number);
    if (facts)
        add_label(name, facts);
    else
        text_add(name, "growth");
    text_add(name, ending);
}
