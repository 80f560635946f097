/* end_of_file.c -- Closes a pipe: its reader sees the end although this process goes on.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include "edge.h"

/* Lives until its stdin ends, long after it has closed its stdout. */
static int writer(void)
{
    char byte;
    churn(100);
    must(write(1, "said", 4) == 4 && close(1) == 0);
    churn(100);
    while (read(0, &byte, 1) > 0)
        ;
    return 0;
}

int main(int count, char **arguments)
{
    int said[2], wait[2];
    char text[16];
    if (count > 1 && is(arguments[1], "writer"))
        return writer();
    must(pipe(said) == 0 && pipe(wait) == 0);
    churn(100);
    pid_t child = fork();
    if (child == 0) {
        must(dup2(wait[0], 0) == 0 && dup2(said[1], 1) == 1);
        must(close_range(3, ~0U, 0) == 0);
        if (count > 1 && is(arguments[1], "forks"))
            return writer();
        execl("/proc/self/exe", arguments[0], "writer", NULL);
        _exit(98);
    }
    close(said[1]);
    close(wait[0]);
    must(read(said[0], text, sizeof text) == 4);
    must(read(said[0], text, sizeof text) == 0); /* the end of file, while the child lives */
    close(wait[1]);
    printf("ended with %d\n", ending(child));
    return 0;
}
