/* plugin_reload.c -- A plugin is loaded, used and closed for every job; what it allocated stays.
 *
 * When the snapshots are taken, the code that allocated is no longer mapped.
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
static void find_plugin(char *path, size_t size)
{
    char self[PATH_MAX] = "";

    if (readlink("/proc/self/exe", self, sizeof self - 1) < 0)
        abort();
    snprintf(path, size, "%s/codec_plugin.so", dirname(self));
}

static int run_job(const char *path, int number)
{
    void *plugin = dlopen(path, RTLD_NOW | RTLD_LOCAL);
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
    char path[PATH_MAX + 32];
    int sum = 0;

    noise_begin();
    find_plugin(path, sizeof path);
    for (int i = 0; i < 10; i++)
        sum += run_job(path, i);
    heapdiff_snapshot("steady");
    for (int i = 0; i < 150; i++)
        sum += run_job(path, i);
    heapdiff_snapshot("loaded");
    printf("sum %d, %lu\n", sum, noise.sum);
    return 0;
}
