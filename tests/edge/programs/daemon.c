/* daemon.c -- Becomes a daemon, which writes a file.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include "edge.h"

int main(int count, char **arguments)
{
    const char *way = count > 1 ? arguments[1] : "daemon";
    churn(100);
    int file = open("said", O_CREAT | O_WRONLY | O_TRUNC, 0644);
    must(file >= 0);
    if (is(way, "daemon")) {
        must(daemon(1, 0) == 0);
    } else {
        if (fork())
            exit(0);
        must(setsid() > 0);
        if (fork())
            exit(0);
        umask(077);
        for (int i = 0; i < 64; i++)
            if (i != file)
                close(i);
        for (int i = 0; i < 3; i++)
            must(open("/dev/null", O_RDWR) == i);
    }
    churn(1000);
    must(write(file, "daemon\n", 7) == 7);
    return 0;
}
