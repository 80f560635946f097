/* late.c -- A program of C that loads its first plug-in of C++, whose first new comes in a thread
 * while another one is in dlopen and waits for it: no code may call the loader then.
 *
 * late PLUGIN WAITS: both are libraries. Killed by a deadline if it hangs.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include <dlfcn.h>
#include <pthread.h>
#include <semaphore.h>
#include <stdio.h>
#include <unistd.h>

static sem_t constructor_runs, plugin_has_run;
static void (*plugin_run)(void);

void late_constructor(void);

/* Called by the constructor of WAITS. */
void late_constructor(void)
{
    sem_post(&constructor_runs);
    while (sem_wait(&plugin_has_run) != 0)
        ;
}

static void *run(void *nothing)
{
    while (sem_wait(&constructor_runs) != 0)
        ;
    plugin_run();
    sem_post(&plugin_has_run);
    return nothing;
}

int main(int count, char **arguments)
{
    pthread_t thread;
    alarm(20);
    sem_init(&constructor_runs, 0, 0);
    sem_init(&plugin_has_run, 0, 0);
    void *plugin = count > 2 ? dlopen(arguments[1], RTLD_NOW | RTLD_LOCAL) : NULL;
    if (!plugin || !(plugin_run = (void (*)(void))dlsym(plugin, "plugin_run")))
        return 1;
    if (pthread_create(&thread, NULL, run, NULL) != 0 || !dlopen(arguments[2], RTLD_NOW))
        return 2;
    pthread_join(thread, NULL);
    puts("all done");
    return 0;
}
