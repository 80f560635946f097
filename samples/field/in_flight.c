/* in_flight.c -- Requests keep a context each, while four threads have bursts in hand.
 *
 * Two snapshots: the work in flight differs between them by more than the leak.
 *
 * expect: kind=leak site1=new_context file=in_flight.c growth=2100000±2% blocks=+3000±2%
 * expect: also=render_burst not=render_burst gate=exceeded
 * twin: clean
 * expect-clean: kind=none|retention not=new_context gate=passed
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include "../common/flight.h"

struct context {
    struct context *next;
    char headers[700 - sizeof(struct context *)];
};

static struct context *contexts;

__attribute__((noinline)) static struct context *new_context(unsigned number)
{
    struct context *context = malloc(sizeof *context);

    memset(context->headers, (int)(number & 127), sizeof context->headers);
    context->next = contexts;
    contexts = context;
    return context;
}

static void end_context(struct context *context)
{
    contexts = context->next;
    free(context);
}

static void serve(unsigned step)
{
    unsigned requests = step == 0 ? 1000 : 3000;

    for (unsigned number = 0; number < requests; number++) {
        struct context *context = new_context(number);
        noise_work(4);
        if (twin_is_clean())
            end_context(context);
    }
}

int main(void)
{
    unsigned long open = 0;

    flight_series(2, serve);
    for (struct context *context = contexts; context; context = context->next)
        open++;
    printf("%lu open, %lu\n", open, noise.sum);
    return 0;
}
