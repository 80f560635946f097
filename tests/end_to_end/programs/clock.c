/* clock.c -- A library with a wall clock that a test can set: CLOCK_FILE has the step in ns.
 *
 * Preloaded behind the shim, whose own calls it answers too. The machine's clock stays.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include <fcntl.h>
#include <stdatomic.h>
#include <stdint.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <sys/time.h>
#include <time.h>
#include <unistd.h>

#define SECOND 1000000000

static _Atomic int64_t *step;

static int64_t now_of(clockid_t clock)
{
    struct timespec time;
    syscall(SYS_clock_gettime, clock, &time);
    int64_t now = time.tv_sec * (int64_t)SECOND + time.tv_nsec;
    return clock == CLOCK_REALTIME && step ? now + atomic_load(step) : now;
}

/* Before the constructors of others: the shim reads the clock in its own. */
static __attribute__((constructor(101))) void find_step(void)
{
    const char *path = getenv("CLOCK_FILE");
    int fd = path ? open(path, O_RDONLY | O_CLOEXEC) : -1;
    void *mapped = fd >= 0 ? mmap(NULL, sizeof *step, PROT_READ, MAP_SHARED, fd, 0) : MAP_FAILED;
    if (mapped != MAP_FAILED)
        step = mapped;
    if (fd >= 0)
        close(fd);
}

int clock_gettime(clockid_t clock, struct timespec *time)
{
    if (clock != CLOCK_REALTIME)
        return (int)syscall(SYS_clock_gettime, clock, time);
    int64_t now = now_of(clock);
    *time = (struct timespec){now / SECOND, now % SECOND};
    return 0;
}

int gettimeofday(struct timeval *restrict time, void *restrict zone)
{
    (void)zone;
    int64_t now = now_of(CLOCK_REALTIME);
    *time = (struct timeval){now / SECOND, now % SECOND / 1000};
    return 0;
}

time_t time(time_t *at)
{
    time_t now = now_of(CLOCK_REALTIME) / SECOND;
    if (at)
        *at = now;
    return now;
}
