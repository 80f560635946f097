/* one_in_200.c -- One request of 200 is redirected; the text of its new address is never freed.
 *
 * Five snapshots, 100 redirects in each step.
 *
 * expect: kind=leak site1=new_address file=one_in_200.c growth=1200000±2% blocks=+400±2%
 * expect: also=render_burst not=render_burst gate=exceeded
 * twin: clean
 * expect-clean: kind=none|retention gate=passed
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include "../common/flight.h"

enum { REQUESTS = 20000, ADDRESS = 3000 };

static unsigned long redirected;

__attribute__((noinline)) static char *new_address(unsigned number)
{
    char *address = malloc(ADDRESS);

    memset(address, 'a' + (int)(number % 26), ADDRESS);
    return address;
}

static void answer(unsigned number)
{
    char *body = malloc(2048), *address = NULL;

    snprintf(body, 2048, "request %u", number);
    if (number % 200 == 0) {
        address = new_address(number);
        redirected += (unsigned char)address[7];
    }
    if (twin_is_clean())
        free(address);
    free(body);
}

static void serve(unsigned step)
{
    for (unsigned number = 0; number < REQUESTS; number++) {
        answer(step * REQUESTS + number);
        if (number % 8 == 0)
            noise_message(number);
    }
}

int main(void)
{
    flight_series(5, serve);
    printf("%lu, %lu\n", redirected, noise.sum);
    return 0;
}
