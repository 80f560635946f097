/* errors.c -- Its stderr is full, broken, or another file by now.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include "edge.h"

int main(int count, char **arguments)
{
    const char *way = count > 1 ? arguments[1] : "full";
    int ends[2];
    churn(100);
    must(pipe(ends) == 0);
    if (is(way, "full")) { /* and no process will ever read it */
        must(fcntl(ends[1], F_SETFL, O_NONBLOCK) == 0);
        while (write(ends[1], way, 4) > 0)
            ;
        must(fcntl(ends[1], F_SETFL, 0) == 0);
        must(dup2(ends[1], 2) == 2);
    }
    if (is(way, "broken")) {
        must(dup2(ends[1], 2) == 2 && close(ends[1]) == 0 && close(ends[0]) == 0);
    }
    if (is(way, "data")) { /* the number that a program gets for its own file */
        close(2);
        must(open("data", O_CREAT | O_WRONLY, 0600) == 2);
        must(write(2, "data\n", 5) == 5);
    }
    if (is(way, "child_data") && fork() == 0) {
        close(2);
        must(open("data", O_CREAT | O_WRONLY, 0600) == 2);
        must(write(2, "data\n", 5) == 5);
        return 0;
    }
    if (is(way, "child_data"))
        must(wait(NULL) > 0);
    puts("ended");
    return 0;
}
