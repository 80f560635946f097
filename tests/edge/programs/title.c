/* title.c -- Overwrites its arguments and its environment, as setproctitle does.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include "edge.h"

extern char **environ;

int main(int count, char **arguments)
{
    char *begin = arguments[0], *end = begin;
    for (int i = 0; i < count; i++)
        end = arguments[i] + strlen(arguments[i]) + 1;
    for (char **variable = environ; *variable; variable++)
        if (*variable == end)
            end = *variable + strlen(*variable) + 1;
    churn(100);
    memset(begin, 0, (size_t)(end - begin));
    strcpy(begin, "a title");
    clearenv();
    churn(100);
    char line[64] = "";
    int file = open("/proc/self/cmdline", O_RDONLY);
    must(file >= 0 && read(file, line, sizeof line - 1) > 0);
    puts(line);
    pid_t child = fork();
    if (child == 0)
        return 0;
    printf("child %d\n", ending(child));
    return 0;
}
