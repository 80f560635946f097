/* header.c -- Is this file a whole snapshot of our format? Asked before SQLite sees it.
 *
 * SQLite would say "file is not a database" or "disk image is malformed" to all of these; its
 * header (https://www.sqlite.org/fileformat.html, 1.3) lets us say what is wrong and what to do.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include "store/header.h"

#include "format/schema.h"

#include <errno.h>
#include <fcntl.h>
#include <stdint.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define HEADER_SIZE 100

static const char take_one[] = "take one with heapdiff run -- CMD or heapdiff snapshot PID";

static uint32_t big_endian(const unsigned char *bytes)
{
    return (uint32_t)bytes[0] << 24 | (uint32_t)bytes[1] << 16 | (uint32_t)bytes[2] << 8 | bytes[3];
}

/* Bytes that the header promises. */
static uint64_t promised_size(const unsigned char *header)
{
    uint64_t page_size = (uint64_t)header[16] << 8 | header[17];
    return (page_size == 1 ? 65536 : page_size) * big_endian(header + 28);
}

static bool check_format(const char *path, const unsigned char *header, struct error *error)
{
    uint32_t application = big_endian(header + 68), version = big_endian(header + 60);
    if (application != FORMAT_APPLICATION_ID)
        return error_set(error, "heapdiff reads its own snapshots only",
                         "%s is an SQLite database of another program (application id 0x%08x)",
                         path, application);
    if (version != FORMAT_VERSION)
        return error_set(error,
                         version > FORMAT_VERSION
                             ? "use the heapdiff that wrote it, or a newer one"
                             : "take the snapshot again, or use the heapdiff that wrote it",
                         "%s is of snapshot format %u, this heapdiff reads format %d", path,
                         version, FORMAT_VERSION);
    return true;
}

static bool check_bytes(const char *path, int fd, const struct stat *status, struct error *error)
{
    unsigned char header[HEADER_SIZE] = {0};
    ssize_t length = pread(fd, header, sizeof header, 0);
    if (length < 0)
        return error_set(error, NULL, "cannot read %s: %s", path, strerror(errno));
    size_t magic = (size_t)length < 16 ? (size_t)length : 16;
    if (memcmp(header, "SQLite format 3", magic) != 0)
        return error_set(error, take_one, "%s is not a heapdiff snapshot", path);
    if (length < HEADER_SIZE || (uint64_t)status->st_size < promised_size(header))
        return error_set(error, "copy it again, or take a new snapshot",
                         "%s is cut short: it has %lld bytes of %llu", path,
                         (long long)status->st_size, (unsigned long long)promised_size(header));
    return check_format(path, header, error);
}

bool header_check(const char *path, struct error *error)
{
    /* O_NONBLOCK: a named pipe must not make us wait. */
    int fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK);
    if (fd < 0)
        return error_set(error, errno == ENOENT ? take_one : NULL, "cannot open %s: %s", path,
                         strerror(errno));
    struct stat status;
    bool good = false;
    if (fstat(fd, &status) < 0)
        error_set(error, NULL, "cannot read %s: %s", path, strerror(errno));
    else if (S_ISDIR(status.st_mode))
        error_set(error, "name the .db files in it", "%s is a directory, not a snapshot", path);
    else if (!S_ISREG(status.st_mode))
        error_set(error, "copy it to a file first", "%s is not a regular file", path);
    else if (status.st_size == 0)
        error_set(error, "take a new snapshot", "%s is empty", path);
    else
        good = check_bytes(path, fd, &status, error);
    close(fd);
    return good;
}
