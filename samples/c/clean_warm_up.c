/* clean_warm_up.c -- Looked at from the start: tables and caches fill up, then nothing grows.
 *
 * Six snapshots; all growth lies before the second.
 *
 * expect: kind=none
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include "../common/noise.h"

enum { SLOTS = 3000 };

static char *sessions[SLOTS];
static char *fonts[40];

static char *load_font(unsigned number)
{
    if (!fonts[number])
        fonts[number] = memset(malloc(100000), 'f', 100000);
    return fonts[number];
}

static char *renew_session(unsigned number)
{
    free(sessions[number]);
    sessions[number] = memset(malloc(2000 + noise_random(200)), 's', 2000);
    return sessions[number];
}

static unsigned long serve(unsigned count)
{
    unsigned long sum = 0;

    for (unsigned number = 0; number < count; number++) {
        sum += (unsigned char)load_font(noise_random(40))[9];
        sum += (unsigned char)renew_session(noise_random(SLOTS))[9];
        noise_message(number);
    }
    return sum;
}

int main(void)
{
    static const char *const labels[] = {"1", "2", "3", "4", "5", "6"};
    unsigned long sum = 0;

    noise_begin();
    sum += serve(200);
    for (int i = 0; i < 6; i++) {
        heapdiff_snapshot(labels[i]);
        sum += serve(40000);
    }
    printf("sum %lu, %lu\n", sum, noise.sum);
    return 0;
}
