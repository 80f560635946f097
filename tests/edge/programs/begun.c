/* begun.c -- Is linked with the library first.c.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include "edge.h"

int main(void)
{
    churn(100);
    puts("main");
    return 0;
}
