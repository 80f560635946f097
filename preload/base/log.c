/* log.c -- The few lines that the shim says: one write(2) each, capped.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include "base/log.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdarg.h>
#include <stdatomic.h>
#include <stdio.h>
#include <time.h>
#include <unistd.h>

#include "base/host.h"
#include "base/lock.h"
#include "base/sandbox.h"

#define KEPT_FROM 100 /* descriptors that no program means when it says 0 to 9 */

static atomic_int said;
static atomic_int kept = -1;

void log_keep_stderr(void)
{
    int none = -1;
    int copy = atomic_load(&kept) < 0 ? fcntl(STDERR_FILENO, F_DUPFD_CLOEXEC, KEPT_FROM) : -1;
    if (copy >= 0 && !atomic_compare_exchange_strong(&kept, &none, copy))
        close(copy);
}

/* Nobody reads the pipe any more, or files may not grow: the program must not die of our line. The
 * signal of such a write is for this thread, and is taken back before it is delivered. */
static ssize_t write_unharmed(int fd, const char *line, size_t length)
{
    static const struct timespec now = {0, 0};
    sigset_t harm, before, pending;
    sigemptyset(&harm);
    sigaddset(&harm, SIGPIPE);
    sigaddset(&harm, SIGXFSZ);
    pthread_sigmask(SIG_BLOCK, &harm, &before);
    sigpending(&pending);
    ssize_t written = write(fd, line, length);
    int error = errno, number = error == EPIPE ? SIGPIPE : SIGXFSZ;
    if (written < 0 && (error == EPIPE || error == EFBIG) && !sigismember(&pending, number)) {
        sigemptyset(&harm);
        sigaddset(&harm, number);
        sigtimedwait(&harm, NULL, &now);
    }
    pthread_sigmask(SIG_SETMASK, &before, NULL);
    errno = error;
    return written;
}

/* The program's stderr, for the control process, which has none of its descriptors. A socket cannot
 * be opened like this: then the line is lost. */
static void write_to_the_programs(const char *line, size_t length)
{
    char path[HOST_PATH_SIZE];
    host_path(path, "fd/2");
    int fd = open(path, O_WRONLY | O_APPEND | O_NOCTTY | O_NONBLOCK | O_CLOEXEC);
    if (fd < 0)
        return;
    ssize_t written = write_unharmed(fd, line, length);
    (void)written;
    close(fd);
}

void log_silence(void)
{
    atomic_store(&said, LOG_LINES);
}

void log_line(const char *format, ...)
{
    static const char prefix[] = "heapdiff: ";
    char line[4600];
    int saved = errno;
    if (atomic_load(&said) >= LOG_LINES || atomic_fetch_add(&said, 1) >= LOG_LINES ||
        (sandbox_is_closed() && !lock_is_other()))
        return;
    int length = snprintf(line, sizeof line - 1, "%s", prefix);
    va_list arguments;
    va_start(arguments, format);
    length += vsnprintf(line + length, sizeof line - 1 - (size_t)length, format, arguments);
    va_end(arguments);
    if (length > (int)sizeof line - 2)
        length = (int)sizeof line - 2;
    line[length++] = '\n';
    ssize_t written = write_unharmed(STDERR_FILENO, line, (size_t)length);
    bool closed = written < 0 && errno == EBADF; /* a closed stderr is the program's right */
    if (closed && lock_is_other())
        write_to_the_programs(line, (size_t)length);
    else if (closed && atomic_load(&kept) >= 0)
        written = write_unharmed(atomic_load(&kept), line, (size_t)length);
    errno = saved;
}
