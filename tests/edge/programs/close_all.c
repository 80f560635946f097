/* close_all.c -- Closes all descriptors and uses their numbers.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include "edge.h"

int main(int count, char **arguments)
{
    const char *way = count > 1 ? arguments[1] : "range";
    churn(100);
    int out = dup(1);
    must(out == 3 && dup2(out, 100) == 100);
    if (is(way, "range"))
        must(close_range(0, 99, 0) == 0 && close_range(101, ~0U, 0) == 0);
    else
        for (int i = 0; i < 5000; i++)
            if (i != 100)
                close(i);
    for (int i = 0; i < 64; i++)
        must(open("/dev/null", O_RDWR) == i);
    churn(100);
    dprintf(100, "64 in order\n");
    if (is(way, "none_left"))
        must(close_range(0, ~0U, 0) == 0);
    return 0;
}
