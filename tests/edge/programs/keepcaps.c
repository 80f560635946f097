/* keepcaps.c -- Keeps its capabilities over a change of user, which a thread of another would not.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include "edge.h"
#include <linux/capability.h>

static void raise_capabilities(void)
{
    struct __user_cap_header_struct header = {_LINUX_CAPABILITY_VERSION_3, 0};
    struct __user_cap_data_struct data[2];
    must(syscall(SYS_capget, &header, data) == 0);
    data[0].effective = data[0].permitted;
    must(syscall(SYS_capset, &header, data) == 0);
}

int main(void)
{
    churn(100);
    must(prctl(PR_SET_KEEPCAPS, 1) == 0);
    must(setresuid(65534, 65534, 65534) == 0);
    raise_capabilities();
    must(setresgid(65534, 65534, 65534) == 0);
    must(setgid(65533) == 0);
    churn(100);
    printf("%d %d\n", getuid(), getgid());
    return 0;
}
