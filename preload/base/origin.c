/* origin.c -- Is this the process that we know, or a copy of it that was made behind our back?
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include "base/origin.h"

#include <errno.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <unistd.h>

#ifndef MADV_WIPEONFORK
#define MADV_WIPEONFORK 18 /* Linux 4.14 */
#endif

struct origin origin; /* zero, and so in pages without a file, which alone can be wiped */
bool origin_is_kept = true;

void origin_begin(void)
{
    int saved = errno;
    atomic_store(&origin.known, true);
    origin_is_kept = syscall(SYS_madvise, &origin, sizeof origin, MADV_WIPEONFORK) != 0;
    errno = saved;
}
