/* event_vector.c -- A vector of events that doubles when it is full and is never flushed.
 *
 * One block in all five snapshots, each time a larger one. The twin flushes it after each step.
 *
 * expect: kind=leak site1=append_event file=event_vector.c growth=7864320±2% blocks=+0
 * expect: also=render_burst not=render_burst gate=exceeded
 * twin: clean
 * expect-clean: kind=none|retention gate=passed
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include "../common/flight.h"

enum { FIRST_EVENTS = 30000, EVENTS = 60000 };

struct event {
    unsigned long time, what;
};

static struct event *events;
static size_t count, room;

__attribute__((noinline)) static void append_event(unsigned long what)
{
    if (count == room) {
        room = room ? 2 * room : 1024;
        events = realloc(events, room * sizeof *events);
    }
    events[count].time = count;
    events[count].what = what;
    count++;
}

static void serve(unsigned step)
{
    unsigned many = step == 0 ? FIRST_EVENTS : EVENTS;

    if (twin_is_clean() && step > 0)
        many = FIRST_EVENTS;
    for (unsigned number = 0; number < many; number++) {
        append_event(number);
        if (number % 16 == 0)
            noise_message(number);
    }
    if (twin_is_clean())
        count = 0;
}

int main(void)
{
    flight_series(5, serve);
    printf("%zu of %zu, %lu, %lu\n", count, room, events[17].what, noise.sum);
    return 0;
}
