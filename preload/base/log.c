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
#include <sys/syscall.h>
#include <time.h>
#include <unistd.h>

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

/* Linux 5.6; older libcs may not know the number. */
#ifndef SYS_pidfd_getfd
#define SYS_pidfd_getfd 438
#endif

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

/* The program's stderr, for our own thread, which has no descriptors of the program. */
static void write_to_the_programs(const char *line, size_t length)
{
    int process = (int)syscall(SYS_pidfd_open, getpid(), 0);
    int borrowed = process < 0 ? -1 : (int)syscall(SYS_pidfd_getfd, process, STDERR_FILENO, 0);
    if (borrowed >= 0) {
        ssize_t written = write_unharmed(borrowed, line, length);
        (void)written;
        close(borrowed);
    }
    if (process >= 0)
        close(process);
}

void log_line(const char *format, ...)
{
    static const char prefix[] = "heapdiff: ";
    char line[4600];
    int saved = errno;
    if (atomic_fetch_add(&said, 1) >= LOG_LINES)
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
    if (written < 0 && errno == EBADF && atomic_load(&kept) >= 0)
        written = write_unharmed(atomic_load(&kept), line, (size_t)length);
    if (written < 0 && errno == EBADF) /* a closed stderr is the program's right */
        write_to_the_programs(line, (size_t)length);
    errno = saved;
}
