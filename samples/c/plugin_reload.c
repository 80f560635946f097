/* plugin_reload.c -- A plugin is loaded, used and closed for every job; what it allocated stays.
 *
 * When the snapshots are taken, the code that allocated is no longer mapped, and the relative path
 * by which it was loaded leads nowhere from the directory of the process.
 *
 * expect: kind=leak site1=codec_open file=codec_plugin.c growth=9830400±2% blocks=+150±2%
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#define _GNU_SOURCE
#include "../common/noise.h"

#include <dlfcn.h>
#include <libgen.h>
#include <limits.h>
#include <unistd.h>

/* The plugin lies beside this program. */
static const char *find_folder(void)
{
    static char self[PATH_MAX];

    if (readlink("/proc/self/exe", self, sizeof self - 1) < 0)
        abort();
    return dirname(self);
}

static void go_to(const char *folder)
{
    if (chdir(folder) != 0)
        abort();
}

static void *load_plugin(const char *folder)
{
    void *plugin;

    go_to(folder);
    plugin = dlopen("./codec_plugin.so", RTLD_NOW | RTLD_LOCAL);
    go_to("/");
    return plugin;
}

static int run_job(const char *folder, int number)
{
    void *plugin = load_plugin(folder);
    int (*encode)(int) = plugin ? (int (*)(int))dlsym(plugin, "codec_encode") : NULL;
    int result;

    if (!encode) {
        fprintf(stderr, "plugin_reload: %s\n", dlerror());
        exit(1);
    }
    result = encode(number);
    dlclose(plugin);
    noise_work(50);
    return result;
}

int main(void)
{
    const char *folder = find_folder();
    int sum = 0;

    noise_begin();
    for (int i = 0; i < 10; i++)
        sum += run_job(folder, i);
    heapdiff_snapshot("steady");
    for (int i = 0; i < 150; i++)
        sum += run_job(folder, i);
    heapdiff_snapshot("loaded");
    printf("sum %d, %lu\n", sum, noise.sum);
    return 0;
}
