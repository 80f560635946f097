/* clean_sawtooth.c -- A batch fills up and is sent, over and over; seen in every phase.
 *
 * expect: kind=none
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include "../common/noise.h"

enum { BATCH = 20000 };

static char *rows[BATCH];
static unsigned filled;
static unsigned long sent;

static void send_batch(void)
{
    while (filled > 0) {
        sent += (unsigned char)rows[--filled][3];
        free(rows[filled]);
    }
}

static void add_row(unsigned number)
{
    if (filled == BATCH)
        send_batch();
    rows[filled++] = memset(malloc(400), (int)(number & 127), 400);
}

static void serve(unsigned count)
{
    for (unsigned number = 0; number < count; number++) {
        add_row(number);
        if (number % 4 == 0)
            noise_message(number);
    }
}

int main(void)
{
    static const unsigned work[] = {47000, 33000, 51000, 22000, 46000, 37000, 45000};
    static const char *const labels[] = {"1", "2", "3", "4", "5", "6", "7"};

    noise_begin();
    serve(3 * BATCH);
    for (int i = 0; i < 7; i++) {
        serve(work[i]);
        heapdiff_snapshot(labels[i]);
    }
    printf("%lu sent, %u wait, %lu\n", sent, filled, noise.sum);
    return 0;
}
