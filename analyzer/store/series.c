/* series.c -- The snapshots in a folder, by process and number.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include "store/series.h"

#include "base/text.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define PART ".heapdiff-part" /* the shim's name for what is not finished */

static bool ends(const char *name, const char *ending)
{
    size_t length = strlen(name), size = strlen(ending);
    return length > size && strcmp(name + length - size, ending) == 0;
}

/* Whether the file begins as SQLite's do. Other files are passed over silently. */
static bool is_database(const char *path)
{
    char magic[16] = "";
    int fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK);
    bool found = fd >= 0 && read(fd, magic, sizeof magic) == sizeof magic &&
                 memcmp(magic, "SQLite format 3", sizeof magic) == 0;
    if (fd >= 0)
        close(fd);
    return found;
}

static void look_at(struct series *series, const char *path, int64_t pid, int64_t started_ns)
{
    struct error error = {0};
    struct store *store = store_open_facts(path, &error);
    if (!store) {
        struct series_skipped skipped = {strdup(path), strdup(error.message)};
        VEC_ADD(&series->skipped, skipped);
        return;
    }
    if (pid && (store->facts.pid != pid || (started_ns && store->facts.started_ns != started_ns)))
        store_close(store);
    else
        VEC_ADD(&series->snapshots, store);
}

static void look_at_name(struct series *series, const char *folder, const char *name, int64_t pid,
                         int64_t started_ns)
{
    struct text path = {0};
    struct stat status;
    text_format(&path, "%s%s%s", folder, ends(folder, "/") || strcmp(folder, "/") == 0 ? "" : "/",
                name);
    if (stat(path.bytes, &status) == 0 && S_ISREG(status.st_mode)) {
        if (ends(name, PART))
            series->unfinished++;
        else if (ends(name, ".db") || is_database(path.bytes))
            look_at(series, path.bytes, pid, started_ns);
    }
    text_done(&path);
}

static int compare_numbers(int64_t a, int64_t b)
{
    return (a > b) - (a < b);
}

static int by_process(const void *a, const void *b)
{
    const struct store_facts *x = &(*(struct store *const *)a)->facts;
    const struct store_facts *y = &(*(struct store *const *)b)->facts;
    int order = strcmp(x->host, y->host);
    if (!order)
        order = compare_numbers(x->started_ns, y->started_ns);
    if (!order)
        order = compare_numbers(x->pid, y->pid);
    if (!order)
        order = compare_numbers(x->number, y->number);
    return order ? order : compare_numbers(x->time_ns, y->time_ns);
}

static int by_path(const void *a, const void *b)
{
    return strcmp(((const struct series_skipped *)a)->path,
                  ((const struct series_skipped *)b)->path);
}

struct series *series_open(const char *folder, int64_t pid, int64_t started_ns, struct error *error)
{
    DIR *entries = opendir(folder);
    if (!entries) {
        error_set(error, NULL, "cannot read %s: %s", folder, strerror(errno));
        return NULL;
    }
    struct series *series = memory_zeroed(1, sizeof *series);
    for (struct dirent *entry; (entry = readdir(entries));)
        look_at_name(series, folder, entry->d_name, pid, started_ns);
    closedir(entries);
    if (series->snapshots.count)
        qsort(series->snapshots.items, series->snapshots.count, sizeof *series->snapshots.items,
              by_process);
    if (series->skipped.count)
        qsort(series->skipped.items, series->skipped.count, sizeof *series->skipped.items, by_path);
    return series;
}

void series_close(struct series *series)
{
    if (!series)
        return;
    for (size_t i = 0; i < series->snapshots.count; i++)
        store_close(series->snapshots.items[i]);
    for (size_t i = 0; i < series->skipped.count; i++) {
        free(series->skipped.items[i].path);
        free(series->skipped.items[i].why);
    }
    VEC_DONE(&series->snapshots);
    VEC_DONE(&series->skipped);
    free(series);
}

bool series_begins(const struct series *series, size_t at)
{
    if (at == 0)
        return true;
    const struct store_facts *x = &series->snapshots.items[at - 1]->facts;
    const struct store_facts *y = &series->snapshots.items[at]->facts;
    return x->pid != y->pid || x->started_ns != y->started_ns || strcmp(x->host, y->host) != 0;
}
