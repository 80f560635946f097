/* leaves_mount.c -- Leaves the folder in which it began, which can then be unmounted.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include "edge.h"
#include <limits.h>
#include <sys/mount.h>

int main(void)
{
    char here[PATH_MAX];
    churn(100);
    must(getcwd(here, sizeof here) && chdir("/") == 0);
    must(umount(here) == 0);
    puts("unmounted");
    return 0;
}
