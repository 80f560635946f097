/* packages.c -- Packages to install for a module whose functions have no files and lines.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include "symbols/packages.h"

#include "base/capture.h"
#include "base/text.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define OUTPUT_LIMIT 4096

/* What is particular to a distribution; `like` as in ID or ID_LIKE of /etc/os-release. */
struct distribution {
    const char *like, *debuginfod, *archive;
    bool has_dpkg;
};
static const struct distribution distributions[] = {
    {"ubuntu", "https://debuginfod.ubuntu.com", "the ddebs archive", true},
    {"debian", "https://debuginfod.debian.net", "the debian-debug archive", true},
    {"fedora", "https://debuginfod.fedoraproject.org", NULL, false},
    {"arch", "https://debuginfod.archlinux.org", NULL, false},
    {"opensuse", "https://debuginfod.opensuse.org", NULL, false},
    {"suse", "https://debuginfod.opensuse.org", NULL, false},
};

static bool has_word(const char *line, const char *word)
{
    size_t length = strlen(word);
    for (const char *at = line; (at = strstr(at, word)) != NULL; at += length) {
        char after = at[length];
        if (strchr("=\" ", at[-1]) && (after == '\0' || strchr("\" -\n", after)))
            return true;
    }
    return false;
}

static const struct distribution *find_distribution(void)
{
    struct text release = {0};
    const struct distribution *found = NULL;
    if (!text_read_file(&release, "/etc/os-release", 65536))
        return NULL;
    size_t count = sizeof distributions / sizeof *distributions;
    char *rest = NULL;
    for (char *line = strtok_r(release.bytes, "\n", &rest); line;
         line = strtok_r(NULL, "\n", &rest)) {
        for (size_t i = 0; i < count; i++) {
            bool is_id = text_starts(line, "ID="), is_like = text_starts(line, "ID_LIKE=");
            if ((is_id || (is_like && !found)) && has_word(line, distributions[i].like))
                found = &distributions[i];
        }
    }
    text_done(&release);
    return found;
}

static const struct distribution *here(void)
{
    static const struct distribution *distribution;
    static bool is_known;
    if (!is_known)
        distribution = find_distribution();
    is_known = true;
    return distribution;
}

const char *packages_debuginfod(void)
{
    return here() ? here()->debuginfod : NULL;
}

/* "libc6:amd64: /lib/x86_64-linux-gnu/libc.so.6" */
static char *ask_dpkg(const char *path, struct pool *pool)
{
    char *const program[] = {"dpkg-query", "--search", "--", (char *)path, NULL};
    struct text out = {0};
    char *package = NULL;
    if (path[strcspn(path, "*?[\\")] == '\0' && capture_output(program, OUTPUT_LIMIT, &out) &&
        out.length > 0 && !text_starts(out.bytes, "diversion "))
        package = pool_text_n(pool, out.bytes, strcspn(out.bytes, ":,"));
    text_done(&out);
    return package;
}

/* A package may know the file by another path: /lib is a link to /usr/lib, and the loader keeps the
 * dots of a path that a program was linked with. */
static char *package_of(const char *path, struct pool *pool)
{
    char *package = ask_dpkg(path, pool), *real = realpath(path, NULL);
    if (!package && real)
        package = ask_dpkg(real, pool);
    const char *known = real ? pool_text(pool, real) : path;
    free(real);
    if (package)
        return package;
    bool is_below_usr = text_starts(known, "/usr/");
    return ask_dpkg(is_below_usr ? known + strlen("/usr") : pool_format(pool, "/usr%s", known),
                    pool);
}

static bool is_offered(const char *package)
{
    char *const program[] = {"apt-cache", "show", "--no-all-versions", (char *)package, NULL};
    struct text out = {0};
    /* of a name that only others provide it shows nothing */
    bool offered = capture_output(program, OUTPUT_LIMIT, &out) && out.length > 0 &&
                   text_starts(out.bytes, "Package: ");
    text_done(&out);
    return offered;
}

/* Debian's older form is NAME-dbg; the newer ones lie in an archive of their own. */
static const char *advice_of_dpkg(const char *path, struct pool *pool)
{
    const char *package = package_of(path, pool);
    if (!package)
        return NULL;
    const char *old = pool_format(pool, "%s-dbg", package);
    const char *new = pool_format(pool, "%s-dbgsym", package);
    bool has_old = is_offered(old), has_new = !has_old && is_offered(new);
    if (has_old || has_new)
        return pool_format(pool, "apt install %s", has_old ? old : new);
    return pool_format(pool, "apt install %s, from %s", new, here()->archive);
}

static const char *advice_of_package(const char *path, struct pool *pool)
{
    if (here() && here()->has_dpkg)
        return advice_of_dpkg(path, pool);
    char *const program[] = {"rpm", "-qf", "--queryformat", "%{NAME}", "--", (char *)path, NULL};
    struct text out = {0};
    const char *advice = NULL;
    if (capture_output(program, OUTPUT_LIMIT, &out) && out.length > 0)
        advice = pool_format(pool, "dnf debuginfo-install %s", out.bytes);
    text_done(&out);
    return advice;
}

/* Debug information that the compiler has put into files beside (-gsplit-dwarf). */
static const char *advice_of_split(const struct symbol_module *module,
                                   const struct symbol_place *place)
{
    struct text path = {0};
    text_format(&path, "%s.dwp", module->file ? module->file : place->path);
    bool has_package = access(path.bytes, R_OK) == 0;
    text_done(&path);
    return has_package ? "its inlined functions are in the .dwp file, which elfutils reads from "
                         "0.191 on; with an older one keep the .dwo files where they were built"
                       : "its inlined functions are in .dwo files that are gone; keep them where "
                         "they were built, or build it without -gsplit-dwarf";
}

const char *packages_advice(const struct symbol_module *module, const struct symbol_place *place,
                            struct pool *pool)
{
    switch (module->state) {
    case SYMBOLS_GONE:
        return "it is not on this machine; run heapdiff symbolize where it is";
    case SYMBOLS_CHANGED:
        return place->build_id ? "another file has taken its place; install that release again, or "
                                 "ask a debuginfod server that has it"
                               : "another file may have taken its place; build it with --build-id";
    case SYMBOLS_UNREADABLE:
        return "its file cannot be read";
    case SYMBOLS_FOUND:
        break;
    }
    if (strcmp(place->path, "[vdso]") == 0)
        return NULL;
    if (module->lacks_split)
        return advice_of_split(module, place);
    if (module->has_debug_info)
        return "its debug information is of a part of it only; build all of it with -g";
    const char *advice = advice_of_package(place->path, pool);
    return advice ? advice : "it is of no package; build it with -g, or keep its .debug file";
}
