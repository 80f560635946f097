/* clean_late_table.c -- A table of 10 MiB that the first report builds, once; six snapshots.
 *
 * It grew, but it does not grow: the step lies between the second and the third.
 *
 * expect: kind=none
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include "../common/noise.h"

enum { ROWS = 5000, ROW = 2000 };

static char **table;

static void build_table(void)
{
    table = malloc(ROWS * sizeof *table);
    for (int row = 0; row < ROWS; row++)
        table[row] = memset(malloc(ROW), row & 127, ROW);
}

static int report(unsigned number)
{
    if (!table)
        build_table();
    return table[number % ROWS][3];
}

int main(void)
{
    static const char *const labels[] = {"1", "2", "3", "4", "5", "6"};
    int sum = 0;

    noise_begin();
    for (unsigned hour = 0; hour < 6; hour++) {
        noise_work(30000);
        if (hour >= 2)
            sum += report(hour * 1000);
        heapdiff_snapshot(labels[hour]);
    }
    printf("sum %d, %lu\n", sum, noise.sum);
    return 0;
}
