/* in_use.c -- Uses again what a process held, as soon as the process has ended.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include "edge.h"
#include <sys/shm.h>

enum { TIMES = 30 };

static void end(const char *way)
{
    churn(50);
    if (is(way, "kill"))
        kill(getpid(), SIGKILL);
    if (is(way, "_exit"))
        _exit(0);
    if (is(way, "exit_group"))
        syscall(SYS_exit_group, 0);
    exit(0);
}

/* What a process that ended executed can be written to, as every build does. */
static void executes(const char *self, const char *way)
{
    char command[4200];
    snprintf(command, sizeof command, "cp %s copy", self);
    must(system(command) == 0);
    for (int i = 0; i < TIMES; i++) {
        pid_t child = fork();
        if (child == 0) {
            execl("./copy", "copy", "ends", way, NULL);
            _exit(98);
        }
        must(ending(child) != 98);
        int file = open("copy", O_WRONLY);
        must(file >= 0);
        close(file);
    }
    must(unlink("copy") == 0);
}

/* What it had attached is attached no more. */
static void attaches(const char *way)
{
    struct shmid_ds what;
    int id = shmget(IPC_PRIVATE, 4096, 0600);
    for (int i = 0; i < TIMES; i++) {
        pid_t child = fork();
        if (child == 0) {
            must(shmat(id, NULL, 0) != (void *)-1);
            end(way);
        }
        ending(child);
        must(shmctl(id, IPC_STAT, &what) == 0);
        if (what.shm_nattch)
            printf("still attached %d\n", (int)what.shm_nattch);
    }
    must(shmctl(id, IPC_RMID, NULL) == 0);
}

int main(int count, char **arguments)
{
    (void)count;
    char self[4096] = "";
    must(readlink("/proc/self/exe", self, sizeof self - 1) > 0);
    churn(100);
    if (is(arguments[1], "ends"))
        end(arguments[2]);
    if (is(arguments[1], "executes"))
        executes(self, arguments[2]);
    if (is(arguments[1], "attaches"))
        attaches(arguments[2]);
    return 0;
}
