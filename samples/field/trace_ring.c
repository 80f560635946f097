/* trace_ring.c -- A ring of trace records: the record that is overwritten is never freed.
 *
 * Five snapshots. The ring is full after the third; in the twin it stays as large as it is then.
 *
 * expect: kind=leak site1=trace file=trace_ring.c growth=7200000±2% blocks=+48000±2%
 * expect: also=render_burst not=render_burst gate=exceeded
 * twin: clean
 * expect-clean: kind=none|retention gate=passed
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include "../common/flight.h"

enum { SLOTS = 20000, RECORD = 150, FIRST_RECORDS = 5000, RECORDS = 12000 };

static char *slots[SLOTS];
static unsigned next;

__attribute__((noinline)) static void trace(unsigned number)
{
    char *record = malloc(RECORD);

    snprintf(record, RECORD, "record %u", number);
    if (twin_is_clean())
        free(slots[next]);
    slots[next] = record;
    next = (next + 1) % SLOTS;
}

static void serve(unsigned step)
{
    unsigned records = step == 0 ? FIRST_RECORDS : RECORDS;

    for (unsigned number = 0; number < records; number++) {
        trace(number);
        if (number % 4 == 0)
            noise_message(number);
    }
}

int main(void)
{
    flight_series(5, serve);
    printf("%s, %lu\n", slots[0], noise.sum);
    return 0;
}
