/* realloc_vector.c -- One array of samples, doubled by realloc, that is never trimmed.
 *
 * expect: kind=leak site1=append_sample file=realloc_vector.c growth=14680064±2% blocks=+0
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include "../common/noise.h"

struct sample {
    unsigned time;
    unsigned sensor;
    double value;
};

static struct sample *samples;
static size_t count, capacity;

static void append_sample(unsigned time)
{
    if (count == capacity) {
        capacity = capacity ? 2 * capacity : 1024;
        samples = realloc(samples, capacity * sizeof *samples);
    }
    samples[count++] = (struct sample){time, time % 7, time * 0.5};
}

static void measure(unsigned first, unsigned last)
{
    for (unsigned time = first; time < last; time++) {
        append_sample(time);
        if (time % 8 == 0)
            noise_message(time);
    }
}

int main(void)
{
    noise_begin();
    measure(0, 1u << 17);
    heapdiff_snapshot("steady"); /* the array is full: 2 MiB */
    measure(1u << 17, 1000000);
    heapdiff_snapshot("loaded"); /* 16 MiB */
    printf("%zu samples, the last %.1f, %lu\n", count, samples[count - 1].value, noise.sum);
    return 0;
}
