/* overflow.c -- Runs out of stack, sees it on another stack, and ends.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include "edge.h"

static void on_signal(int number)
{
    (void)number;
    free(malloc(100));
    _exit(6);
}

static int deeper(int depth)
{
    volatile char room[4096];
    room[0] = (char)depth;
    free(malloc(100));
    return deeper(depth + 1) + room[0];
}

int main(void)
{
    stack_t alternative = {.ss_sp = malloc(65536), .ss_size = 65536};
    must(sigaltstack(&alternative, NULL) == 0);
    struct sigaction action = {.sa_handler = on_signal, .sa_flags = SA_ONSTACK};
    must(sigaction(SIGSEGV, &action, NULL) == 0);
    return deeper(0);
}
