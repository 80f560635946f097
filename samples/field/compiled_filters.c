/* compiled_filters.c -- A regular expression is compiled for each search and never freed.
 *
 * libc allocates it in dozens of places, some when it is compiled, some when it first matches. Five
 * snapshots.
 *
 * expect: kind=leak site1=compile_filter|search file=compiled_filters.c
 * expect: also=render_burst not=render_burst gate=exceeded
 * twin: clean
 * expect-clean: kind=none|retention not=compile_filter gate=passed
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include "../common/flight.h"

#include <regex.h>

enum { SEARCHES = 80 };

static unsigned found;

__attribute__((noinline)) static int compile_filter(regex_t *filter, unsigned number)
{
    char pattern[128];
    int status;

    snprintf(pattern, sizeof pattern, "^(alpha|beta|gamma)-%u-[a-z]{2,6}(\\.[0-9]+)*$", number);
    status = regcomp(filter, pattern, REG_EXTENDED);
    return status;
}

static void search(unsigned number)
{
    regex_t filter;
    char text[64];

    if (compile_filter(&filter, number) != 0)
        abort();
    snprintf(text, sizeof text, "beta-%u-abc.17", number);
    found += regexec(&filter, text, 0, NULL, 0) == 0;
    if (twin_is_clean())
        regfree(&filter);
}

static void serve(unsigned step)
{
    for (unsigned number = 0; number < SEARCHES; number++) {
        search(step * SEARCHES + number);
        noise_work(40);
    }
}

int main(void)
{
    flight_series(5, serve);
    printf("%u found, %lu\n", found, noise.sum);
    return 0;
}
