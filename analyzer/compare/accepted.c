/* accepted.c -- Growth that users accept: suppressions and baselines.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include "compare/accepted.h"

#include "base/out.h"
#include "base/text.h"

#include <errno.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#define FILE_LIMIT ((size_t)16 * 1024 * 1024)
#define SLACK      5 /* a baseline gives a fifth more than was seen */

enum suppressed_by { BY_SITE, BY_FRAME, BY_FILE, BY_MODULE, BY_COUNT };
static const char *const by_names[BY_COUNT] = {"site", "frame", "file", "module"};

struct suppression {
    enum suppressed_by by;
    const char *pattern;
};

struct accepted {
    VEC(struct suppression) suppressions;
    VEC(int64_t) allowances;
    struct map baseline; /* kind, function and file → index in allowances */
    struct pool *pool;
};

struct accepted *accepted_new(void)
{
    struct accepted *accepted = memory_zeroed(1, sizeof *accepted);
    accepted->pool = pool_new();
    return accepted;
}

void accepted_free(struct accepted *accepted)
{
    if (!accepted)
        return;
    VEC_DONE(&accepted->suppressions);
    VEC_DONE(&accepted->allowances);
    map_done(&accepted->baseline);
    pool_free(accepted->pool);
    free(accepted);
}

typedef const char *(*line_reader)(struct accepted *accepted, char *line);

/* Gives each line that is neither empty nor a comment to READ, which returns its fault or NULL. */
static bool read_lines(struct accepted *accepted, const char *path, line_reader read,
                       struct error *error)
{
    struct text text = {0};
    int number = 0;
    if (!text_read_file(&text, path, FILE_LIMIT))
        return error_set(error, NULL, "cannot read %s: %s", path, strerror(errno));
    for (char *rest = text.bytes; rest && *rest;) {
        char *line = strsep(&rest, "\n");
        number++;
        line[strcspn(line, "\r")] = '\0';
        const char *fault = *line && *line != '#' ? read(accepted, line) : NULL;
        if (fault) {
            text_done(&text);
            return error_set(error, NULL, "%s:%d: %s", path, number, fault);
        }
    }
    text_done(&text);
    return true;
}

static const char *read_suppression(struct accepted *accepted, char *line)
{
    const char *word = strtok_r(line, " \t", &line);
    const char *pattern = line ? line + strspn(line, " \t") : "";
    int by = 0;
    while (word && by < BY_COUNT && strcmp(word, by_names[by]) != 0)
        by++;
    if (!word)
        return NULL;
    if (by == BY_COUNT || !*pattern)
        return "a line is `site`, `frame`, `file` or `module` and a pattern";
    VEC_ADD(&accepted->suppressions,
            ((struct suppression){(enum suppressed_by)by, pool_text(accepted->pool, pattern)}));
    return NULL;
}

bool accepted_read_suppressions(struct accepted *accepted, const char *path, struct error *error)
{
    return read_lines(accepted, path, read_suppression, error);
}

static const char *read_allowance(struct accepted *accepted, char *line)
{
    char *key = strchr(line, '\t'), *end;
    int tabs = 0;
    bool is_new;
    for (const char *c = line; *c; c++)
        tabs += *c == '\t';
    long long bytes = strtoll(line, &end, 10);
    if (!key || tabs != 3 || end != key || bytes < 0)
        return "a line is bytes, kind, function and file, separated by tabs";
    key++;
    size_t *slot = map_add(&accepted->baseline, key, strlen(key), &is_new);
    *slot = accepted->allowances.count;
    VEC_ADD(&accepted->allowances, bytes > STORE_LIMIT ? STORE_LIMIT : bytes);
    return NULL;
}

bool accepted_read_baseline(struct accepted *accepted, const char *path, struct error *error)
{
    return read_lines(accepted, path, read_allowance, error);
}

/* Names are untrusted: characters that would break a line become '?'. No line number, as lines
 * move. */
static void add_key(struct text *key, const struct site *site)
{
    static const char *const kinds[] = FORMAT_KIND_NAMES;
    const char *place = site->frame.file ? site->frame.file : site->frame.module;
    text_format(key, "%s\t", kinds[site->kind]);
    text_add_clean(key, site->frame.function, true);
    text_add(key, "\t");
    text_add_clean(key, place ? text_base_name(place) : "-", true);
}

static bool frame_matches(const struct site *site, const char *pattern)
{
    struct frames_walk walk = frames_leaf(site->stack_frames, site->stack);
    const struct frame *frame;
    while ((frame = frames_caller(&walk)) != NULL) {
        if (rules_match(pattern, frame->function))
            return true;
    }
    return false;
}

static bool path_matches(const char *pattern, const char *path)
{
    return path && rules_match(pattern, strchr(pattern, '/') ? path : text_base_name(path));
}

static bool is_suppressed(const struct suppression *suppression, const struct site *site)
{
    switch (suppression->by) {
    case BY_SITE:
        return rules_match(suppression->pattern, site->frame.function);
    case BY_FRAME:
        return frame_matches(site, suppression->pattern);
    case BY_FILE:
        return path_matches(suppression->pattern, site->frame.file);
    case BY_MODULE:
        return path_matches(suppression->pattern, site->frame.module);
    case BY_COUNT:
        break;
    }
    return false;
}

int64_t accepted_bytes(const struct accepted *accepted, const struct site *site)
{
    struct text key = {0};
    for (size_t i = 0; i < accepted->suppressions.count; i++) {
        if (is_suppressed(&accepted->suppressions.items[i], site))
            return ACCEPTED_ALL;
    }
    add_key(&key, site);
    const size_t *slot = map_find(&accepted->baseline, key.bytes, key.length);
    text_done(&key);
    return slot ? accepted->allowances.items[*slot] : 0;
}

bool accepted_write_baseline(const struct comparison *comparison, const char *path,
                             struct error *error)
{
    struct text text = {0};
    struct out *out = out_open(path, error);
    if (!out)
        return false;
    text_add(&text, "# Growth that `heapdiff compare --baseline` accepts, site by site.\n"
                    "# Bytes, kind, function, file; separated by tabs.\n");
    for (size_t i = 0; i < comparison->growing_count; i++) {
        const struct site *site = comparison->ranked[i];
        if (site->is_managed)
            continue;
        text_format(&text, "%" PRId64 "\t", site->growth_bytes + site->growth_bytes / SLACK);
        add_key(&text, site);
        text_add(&text, "\n");
    }
    out_bytes(out, text.bytes, text.length);
    text_done(&text);
    return out_close(out, error);
}
