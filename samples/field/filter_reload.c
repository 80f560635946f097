/* filter_reload.c -- A plug-in is opened by a relative path, used and unloaded; its table stays.
 *
 * The process leaves the plug-in's folder before the snapshots are taken. Two snapshots. The twin
 * calls the plug-in's filter_close before it unloads it.
 *
 * expect: kind=leak site1=make_table file=filter_plugin.c growth=7200000±2% blocks=+240±2%
 * expect: also=render_burst not=render_burst gate=exceeded
 * twin: clean
 * expect-clean: kind=none|retention not=make_table gate=passed
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#define _GNU_SOURCE
#include "../common/flight.h"

#include <dlfcn.h>
#include <libgen.h>
#include <limits.h>
#include <unistd.h>

static char home[PATH_MAX], folder[PATH_MAX];
static int sum;

static void go_to(const char *path)
{
    if (chdir(path) != 0)
        abort();
}

static void run_filter(int number)
{
    void *plugin = dlopen("./filter_plugin.so", RTLD_NOW | RTLD_LOCAL);
    int (*run)(int) = plugin ? (int (*)(int))dlsym(plugin, "filter_run") : NULL;
    void (*close_filter)(void) = plugin ? (void (*)(void))dlsym(plugin, "filter_close") : NULL;

    if (!run || !close_filter)
        abort();
    sum += run(number);
    if (twin_is_clean())
        close_filter();
    dlclose(plugin);
}

static void serve(unsigned step)
{
    unsigned pictures = step == 0 ? 20 : 240;

    go_to(folder);
    for (unsigned i = 0; i < pictures; i++) {
        run_filter((int)i);
        noise_work(20);
    }
    go_to(home);
}

int main(void)
{
    char self[PATH_MAX] = "";

    if (readlink("/proc/self/exe", self, sizeof self - 1) < 0 || !getcwd(home, sizeof home))
        return 1;
    snprintf(folder, sizeof folder, "%s", dirname(self));
    flight_series(2, serve);
    printf("sum %d, %lu\n", sum, noise.sum);
    return 0;
}
