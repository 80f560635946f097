/* series.c -- Takes one snapshot after the other, and says the number of each when it is there.
 *
 * usage: series COUNT
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include <stdio.h>
#include <stdlib.h>

#include "heapdiff.h"

extern void *series_kept[];
void *series_kept[1000];

int main(int count, char **words)
{
    int last = count > 1 ? atoi(words[1]) : 1;
    for (int i = 1; i <= last; i++) {
        free(series_kept[i % 1000]);
        series_kept[i % 1000] = malloc((size_t)i % 5000);
        if (heapdiff_snapshot("series") != 0)
            return 1;
        printf("%d\n", i);
        fflush(stdout);
    }
    return 0;
}
