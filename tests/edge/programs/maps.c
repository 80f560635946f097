/* maps.c -- Reads its own maps and smaps, and adds up.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include "edge.h"

int main(void)
{
    churn(1000);
    char line[4096], rights[8];
    unsigned long begin, end, last = 0, rss = 0, part, size, resident;
    FILE *file = fopen("/proc/self/maps", "r");
    must(file);
    while (fgets(line, sizeof line, file)) {
        must(sscanf(line, "%lx-%lx %4s", &begin, &end, rights) == 3);
        must(begin >= last && end > begin);
        last = end;
    }
    fclose(file);
    must((file = fopen("/proc/self/smaps", "r")));
    while (fgets(line, sizeof line, file))
        if (sscanf(line, "Rss: %lu kB", &part) == 1)
            rss += part;
    fclose(file);
    must((file = fopen("/proc/self/statm", "r")));
    must(fscanf(file, "%lu %lu", &size, &resident) == 2);
    fclose(file);
    must(rss > 0 && resident > 0);
    puts("added up");
    return 0;
}
