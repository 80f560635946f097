/* mappings.c -- Has as many mappings as the kernel allows, then goes on.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include "edge.h"

int main(void)
{
    enum { PAGE = 4096, PAGES = 200000 };
    churn(100);
    char *memory = mmap(NULL, (size_t)PAGES * PAGE, PROT_READ | PROT_WRITE,
                        MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
    must(memory != MAP_FAILED);
    int made = 0;
    while (made < PAGES && mprotect(memory + (size_t)made * PAGE, PAGE, PROT_READ) == 0)
        made += 2;
    must(made < PAGES && errno == ENOMEM);
    for (int i = 0; i < 10000; i++) {
        void *block = malloc(100);
        must(block);
        if (i % 2)
            free(block);
    }
    puts("full");
    return 0;
}
