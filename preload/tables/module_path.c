/* module_path.c -- The absolute path of a module that the loader knows by a relative one.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include "tables/module_path.h"

#include <errno.h>
#include <string.h>
#include <unistd.h>

#include "base/sandbox.h"

bool module_path_is_relative(const char *path)
{
    return *path != '/' && strchr(path, '/');
}

/* The plug-in may have been replaced since: its build id tells. */
static void forget_deletion(char *path, size_t length)
{
    static const char mark[] = " (deleted)";
    if (length > sizeof mark && strcmp(path + length - (sizeof mark - 1), mark) == 0)
        path[length - (sizeof mark - 1)] = '\0';
}

/* Without snprintf, which nothing on the way of a malloc may refer to. */
static char *put_hexadecimal(char *at, uintptr_t number)
{
    unsigned shift = 0;
    while (shift + 4 < 8 * sizeof number && number >> (shift + 4))
        shift += 4;
    for (;; shift -= 4) {
        *at++ = "0123456789abcdef"[number >> shift & 15];
        if (!shift)
            break;
    }
    *at = '\0';
    return at;
}

static bool ask_kernel(uintptr_t start, uintptr_t end, char *absolute, size_t size)
{
    char link[80];
    char *at = put_hexadecimal(stpcpy(link, "/proc/self/map_files/"), start);
    put_hexadecimal(stpcpy(at, "-"), end);
    ssize_t length = readlink(link, absolute, size - 1);
    if (length <= 0 || (size_t)length >= size - 1 || *absolute != '/')
        return false;
    absolute[length] = '\0';
    forget_deletion(absolute, (size_t)length);
    return true;
}

static bool join_directory(const char *path, char *absolute, size_t size)
{
    ssize_t length = readlink("/proc/self/cwd", absolute, size - 1);
    if (length <= 0 || *absolute != '/')
        return false;
    while (path[0] == '.' && path[1] == '/')
        path += 2;
    if ((size_t)length + 1 + strlen(path) >= size)
        return false;
    stpcpy(stpcpy(absolute + length, "/"), path);
    return access(absolute, F_OK) == 0;
}

bool module_path_find(uintptr_t start, uintptr_t end, const char *path, char *absolute, size_t size)
{
    if (!sandbox_enter())
        return false;
    int saved = errno;
    bool found = ask_kernel(start, end, absolute, size) || join_directory(path, absolute, size);
    errno = saved;
    sandbox_leave();
    return found;
}
