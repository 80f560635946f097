/* limits.c -- Lowers a limit, by itself or for what it executes, then allocates, forks and threads.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include "edge.h"

static const struct {
    const char *name;
    int resource;
    rlim_t limit;
} limits[] = {{"nproc", RLIMIT_NPROC, 1},         {"nproc_two", RLIMIT_NPROC, 2},
              {"nofile", RLIMIT_NOFILE, 3},       {"nofile_one", RLIMIT_NOFILE, 4},
              {"as", RLIMIT_AS, 300 << 20},       {"data", RLIMIT_DATA, 100 << 20},
              {"fsize", RLIMIT_FSIZE, 0},         {"fsize_small", RLIMIT_FSIZE, 4096},
              {"stack", RLIMIT_STACK, 128 << 10}, {"memlock", RLIMIT_MEMLOCK, 0},
              {"core", RLIMIT_CORE, 0},           {"sigpending", RLIMIT_SIGPENDING, 0},
              {"msgqueue", RLIMIT_MSGQUEUE, 0},   {"cpu", RLIMIT_CPU, 1}};

static void *run(void *unused)
{
    churn(100);
    return unused;
}

int main(int count, char **arguments)
{
    for (unsigned i = 0; count > 1 && i < sizeof limits / sizeof *limits; i++)
        if (is(arguments[1], limits[i].name)) {
            struct rlimit limit = {limits[i].limit, limits[i].limit};
            must(setrlimit((__rlimit_resource_t)limits[i].resource, &limit) == 0);
        }
    if (count > 2)
        execl("/proc/self/exe", arguments[0], arguments[2], NULL);
    churn(500);
    pthread_t thread;
    int error = pthread_create(&thread, NULL, run, NULL);
    if (error == 0)
        must(pthread_join(thread, NULL) == 0);
    pid_t child = fork();
    if (child == 0)
        _exit(7);
    if (!is(arguments[1], "fsize") && !is(arguments[1], "silent"))
        printf("thread %d, child %d\n", error, child < 0 ? -errno : ending(child));
    return 0;
}
